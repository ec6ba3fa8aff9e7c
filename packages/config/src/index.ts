export { canaryFor, percentileOf } from './canary/assign.ts'
export { Canaries, type CanaryList } from './canary-admin/canaries.ts'
export { CanaryGuard, type CanaryGuardOptions, type GuardedCanary } from './canary-admin/canary-guard.ts'
export type { CanaryProposal, CreateCanaryOptions } from './canary-admin/new-canary.ts'
export { Config, type ConfigOptions, type ConfigWatchOptions } from './config.ts'
export { configKey, configPrefix } from './config-path.ts'
export type { ConfigObject, ConfigValue } from './config-value.ts'
export { type ConfigChange, ConfigWatch } from './config-watch.ts'
export type { DeepReadonly } from './deep-readonly.ts'
export { checkDocument } from './documents/config-document.ts'
export { type DocumentFormat, documentFormat, maxDocumentBytes } from './documents/document-format.ts'
export type { Draft } from './drafts/draft.ts'
export { type DraftList, type DraftOptions, Drafts, type SaveDraftOptions } from './drafts/drafts.ts'
export { Policies, type Policy } from './drafts/policies.ts'
export type { AuditEntry, AuditFilter, AuditLog } from './history/audit-log.ts'
export type { DocumentDiff } from './history/document-diff.ts'
export { ExternalRecorder, type ExternalRecorderOptions } from './history/external-recorder.ts'
export type { DamagedRecord, HistoryFilter, Release, ReleaseHistory, ReleaseInfo } from './history/history.ts'
export type { Retention } from './history/prune.ts'
export type { Identity, ResolvedIdentity, Variables } from './identity.ts'
export type { EnvironmentOverrides } from './layers/environment-layer.ts'
export { Explainer, type Explanation, type KeyPath, type Origin } from './layers/explain.ts'
export type { StoredDocument } from './layers/parsed-documents.ts'
export {
  type Resolution,
  type ResolvedConfig,
  type ResolveTarget,
  resolveDocuments,
} from './layers/resolve.ts'
export type { LayerKind } from './layers/slot.ts'
export type { DocumentLookUp, LayerDocument, LayerOptions, LayerText } from './layers/walk.ts'
export { ConfigUpdate } from './live/config-update.ts'
export type { KeyDifference } from './live/differences.ts'
export { EffectiveConfig, type EffectiveOptions } from './live/effective-config.ts'
export type { PathOf, ValueAt } from './live/key-paths.ts'
export { LiveConfig, type LoadedDocument } from './live/live-config.ts'
export { LiveSelection, type SelectionUpdate } from './live/live-selection.ts'
export type { LoadOptions } from './live/load-config.ts'
export { type ApolloExportOptions, readApolloExport } from './move/apollo-export.ts'
export { type ConsulExportOptions, readConsulExport } from './move/consul-export.ts'
export { type DirectoryChanges, readDirectory, type WriteDirectoryOptions, writeDirectory } from './move/directory.ts'
export type { DocumentTree, ReadTree, SkippedEntry } from './move/document-tree.ts'
export { type EnvFileOptions, readEnvFile } from './move/env-file.ts'
export type { ImportedDocuments, ImportOptions } from './move/import-documents.ts'
export { type NacosExportOptions, readNacosExport } from './move/nacos-export.ts'
export type { ConfigProblem } from './problem.ts'
export type { DocumentPublishingOptions } from './publish/document-publishing.ts'
export { breaksOf } from './publish/live-break.ts'
export type { AffectedProcesses } from './publish/live-impact.ts'
export type { MergedText } from './publish/merge-texts.ts'
export type { DocumentPreview, PublishPreview } from './publish/preview.ts'
export type {
  Authorship,
  DocumentChange,
  PublishAllOptions,
  PublishedBundle,
  PublishedRelease,
  PublishOptions,
  ValidationLevel,
} from './publish/publish-options.ts'
export { conflictsOf, type ReleaseConflict } from './publish/release-conflict.ts'
export type { AppliedState } from './records/applied.ts'
export type { Canary, CanaryLimits, CanaryRule } from './records/canary.ts'
export type { Approval, DraftState } from './records/draft.ts'
export type { PolicyRecord } from './records/policy.ts'
export type { ReleaseKind } from './records/release.ts'
export { ConfigValues, type ConfigValuesOptions } from './render/config-values.ts'
export { type FollowedTemplate, type FollowTemplateOptions, followTemplate } from './render/follow-template.ts'
export { type ReplaceFileOptions, replaceFile } from './render/replace-file.ts'
export { Template, type TemplateOptions } from './render/template.ts'
export type { TemplateFilter, TemplateSource } from './render/template-source.ts'
export { type StoredSchema, StoredSchemas } from './schemas/stored-schemas.ts'
export {
  cipherMark,
  type DecryptOptions,
  decrypt,
  type EncryptOptions,
  encrypt,
  isBound,
  isCipher,
  keyIdOf,
} from './secrets/cipher.ts'
export {
  environmentKeyring,
  generateKey,
  type Keyring,
  parseKeyring,
  readKeyring,
} from './secrets/keyring.ts'
export type { Redactor } from './secrets/redactor.ts'
export { type Rekeyed, type RekeyOptions, rekey } from './secrets/rekey.ts'
export type { DocumentStatus, StateCounts } from './status/document-status.ts'
export type { ProcessStatus } from './status/process-status.ts'
export type { AppliedByAll, AwaitedRelease } from './status/wait-until-applied.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './validation/standard-schema.ts'
