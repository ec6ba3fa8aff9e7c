export { Config, type ConfigOptions, type ConfigWatchOptions, type LoadOptions } from './config.ts'
export { configKey, configPrefix } from './config-path.ts'
export type { ConfigObject, ConfigValue } from './config-value.ts'
export { type ConfigChange, ConfigWatch } from './config-watch.ts'
export type { DeepReadonly } from './deep-readonly.ts'
export type { Policy } from './drafts/policies.ts'
export type { AuditEntry, AuditFilter, AuditLog } from './history/audit-log.ts'
export type { DocumentDiff } from './history/document-diff.ts'
export type { DamagedRecord, HistoryFilter, Release, ReleaseHistory, ReleaseInfo } from './history/history.ts'
export type { KeyChange } from './history/key-changes.ts'
export type { Retention } from './history/prune.ts'
export type { Explanation, KeyPath, Origin } from './layers/explain.ts'
export { type ConfigUpdate, LiveConfig } from './live/live-config.ts'
export type { ConfigProblem } from './problem.ts'
export type { DocumentPublishingOptions } from './publish/document-publishing.ts'
export type { MergedText } from './publish/merge-texts.ts'
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
export type { PolicyRecord } from './records/policy.ts'
export type { ReleaseKind } from './records/release.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema.ts'
export type { StoredSchema } from './schemas/stored-schemas.ts'
