export {
  abortable,
  abortedError,
  anySignal,
  type CallOptions,
  type DelayOptions,
  delay,
  onAbort,
  throwIfAborted,
} from './abort.ts'
export {
  type AuditChain,
  type AuditLink,
  type AuditRecord,
  type AuditSpan,
  auditChainKey,
  auditEntries,
  auditHash,
  auditKey,
  auditPrefix,
  nextAuditEntry,
  parseAuditChain,
} from './audit.ts'
export { Backoff, type BackoffOptions } from './backoff.ts'
export { BoundedQueue } from './bounded-queue.ts'
export { ByteQueue } from './byte-queue.ts'
export { type Clock, systemClock, type Timer, type TimerOptions } from './clock.ts'
export { Deadline, type DeadlineOptions } from './deadline.ts'
export { deepFreeze } from './deep-freeze.ts'
export { type Deferred, deferred } from './deferred.ts'
export { errorCodes, messageOf, WaypostError, type WaypostErrorCode, type WaypostErrorOptions } from './errors.ts'
export { flattened } from './flattened.ts'
export { invalidArgument } from './invalid-argument.ts'
export { Listeners } from './listeners.ts'
export { MergingSlot } from './merging-slot.ts'
export { maxNestingDepth } from './nesting.ts'
export { atOnce, eachInSlices, mergedInSlices, Slices, type SlicesOptions, sortedInSlices } from './slices.ts'
export { type TimeLimitOptions, withTimeLimit } from './time-limit.ts'
export { WaitLimit } from './wait-limit.ts'
export { andList, orList, quoted } from './words.ts'
export { WorkLine, type WorkLineOptions } from './work-line.ts'
