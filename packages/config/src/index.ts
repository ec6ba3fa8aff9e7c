export { canaryFor, percentileOf } from './canary/assign.ts'
export { Config, type ConfigGauges, type ConfigOptions, type ConfigWatchOptions } from './config.ts'
export type { ConfigChange } from './config-change.ts'
export { configKey, configPrefix } from './config-path.ts'
export type { ConfigObject, ConfigValue } from './config-value.ts'
export { ConfigWatch } from './config-watch.ts'
export type { DeepReadonly } from './deep-readonly.ts'
export { checkDocument } from './documents/config-document.ts'
export { type DocumentFormat, documentFormat } from './documents/document-format.ts'
export { maxDocumentBytes } from './documents/document-text.ts'
export type { Identity, ResolvedIdentity, Variables } from './identity.ts'
export type { EnvironmentOverrides } from './layers/environment-layer.ts'
export { Explainer, type Explanation, type KeyPath } from './layers/explain.ts'
export { type Misfit, type Origin, placeMisfits } from './layers/origins.ts'
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
export { type ConfigProblem, problemsError } from './problem.ts'
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
export type { StandardIssue, StandardResult, StandardSchema } from './validation/standard-schema.ts'
