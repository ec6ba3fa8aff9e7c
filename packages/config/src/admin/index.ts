export type { AppliedState } from '../records/applied.ts'
export type { Canary, CanaryLimits, CanaryRule } from '../records/canary.ts'
export type { Approval, DraftState } from '../records/draft.ts'
export type { DamagedRecord } from '../records/json-record.ts'
export type { PolicyRecord } from '../records/policy.ts'
export type { ReleaseKind } from '../records/release.ts'
export {
  AccessControl,
  type AllowedAccess,
  type ChangedAccess,
  type FoundNeed,
  type GrantAccessOptions,
  type GrantedAccess,
  type NewGrantOptions,
} from './access/access-control.ts'
export type { ModeChange, SetModeOptions } from './access/access-mode.ts'
export type { AccessCheck, Bypass, RoleHolders } from './access/check-access.ts'
export type { Converted } from './access/convert-roles.ts'
export { coverOf, type HeldPermission, needText, permissionsOf } from './access/held-permissions.ts'
export { nothingThere } from './access/known-subject.ts'
export { type Access, type AccessAction, accessActions, type Need, needsOf } from './access/presets.ts'
export { type AccessMode, modeKey, type Right, rightKey, rights, runningHubsPrefix } from './access/rights.ts'
export { Audit } from './audit/audit.ts'
export type { AuditEntry, AuditFilter, AuditLog } from './audit/audit-log.ts'
export type { Authorship } from './audit/authorship.ts'
export type { AuditFault } from './audit/chain-faults.ts'
export type { AuditVerification, KnownEnd } from './audit/verify-audit.ts'
export { Canaries, type CanaryList } from './canaries/canaries.ts'
export { CanaryGuard, type CanaryGuardOptions, type GuardedCanary } from './canaries/canary-guard.ts'
export type { CanaryProposal, CreateCanaryOptions } from './canaries/new-canary.ts'
export type { ListedDocument } from './catalog/list-documents.ts'
export type { FolderOptions, FolderPage, ListedFolder } from './catalog/list-folder.ts'
export type { FoundLine, FoundLines, SearchOptions } from './catalog/search-documents.ts'
export { ConfigCenter, type ConfigCenterOptions } from './config-center.ts'
export { Consumers } from './consumers/consumers.ts'
export type { DocumentStatus, StateCounts } from './consumers/document-status.ts'
export type { ProcessStatus } from './consumers/process-status.ts'
export type { Rejection } from './consumers/rejections.ts'
export type { AppliedByAll, AwaitedRelease } from './consumers/wait-until-applied.ts'
export { type DiffSide, type DocumentDiff, diffDocuments } from './diff/document-diff.ts'
export type { Draft } from './drafts/draft.ts'
export { type DraftList, type DraftOptions, Drafts, type SaveDraftOptions } from './drafts/drafts.ts'
export type { CurrentDocument } from './history/current-document.ts'
export type { HistoryFilter, Release, ReleaseHistory, ReleaseInfo } from './history/history.ts'
export type { LatestRelease } from './history/latest-releases.ts'
export type { Retention } from './history/prune.ts'
export { type ApolloExportOptions, readApolloExport } from './move/apollo-export.ts'
export { type ConsulExportOptions, readConsulExport } from './move/consul-export.ts'
export { type DirectoryChanges, readDirectory, type WriteDirectoryOptions, writeDirectory } from './move/directory.ts'
export type { DocumentTree, ReadTree, SkippedEntry } from './move/document-tree.ts'
export { Documents } from './move/documents.ts'
export { type EnvFileOptions, readEnvFile } from './move/env-file.ts'
export type { ImportedDocuments, ImportOptions } from './move/import-documents.ts'
export { type NacosExportOptions, readNacosExport } from './move/nacos-export.ts'
export { Policies, type Policy } from './policies/policies.ts'
export { ExternalRecorder, type ExternalRecorderOptions } from './publish/external-recorder.ts'
export { breaksOf } from './publish/live-break.ts'
export type { AffectedProcesses } from './publish/live-impact.ts'
export type { MergedText } from './publish/merge-texts.ts'
export type { DocumentPreview, PublishPreview } from './publish/preview.ts'
export type {
  DocumentChange,
  PublishAllOptions,
  PublishedBundle,
  PublishedRelease,
  PublishOptions,
  ValidationLevel,
} from './publish/publish-options.ts'
export { conflictsOf, type ReleaseConflict } from './publish/release-conflict.ts'
export { Releases } from './releases/releases.ts'
export type { DocumentCheck } from './schemas/document-checks.ts'
export { compileSchema, type SchemaCheck, type SchemaIssue } from './schemas/schema-check.ts'
export { type StoredSchema, StoredSchemas } from './schemas/stored-schemas.ts'
