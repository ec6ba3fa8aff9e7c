import {
  boolean,
  number,
  type OptionKinds,
  oneOf,
  optionsKind,
  positiveNumber,
  text,
  wholeNumber,
} from '@waypost/core/options'
import { type RateLimitOptions, rateLimitOptionKinds } from '../rate/rate-limit.ts'
import { maxPriority } from './job-order.ts'
import type { RetryBackoff } from './records.ts'

/** How a queue works. Every process that uses it should give the same. */
export interface QueueOptions {
  /** How often a job is tried before it becomes a dead letter. Default 5. */
  readonly attempts?: number | undefined
  /** How long it waits between attempts. Default: exponential from 1 s to 60 s. */
  readonly backoff?: Partial<RetryBackoff> | undefined
  /** How often a job is given to another worker because its own was lost, before it becomes a dead letter. Default 3. */
  readonly maxStalls?: number | undefined
  /** How many jobs run at a time over all workers. Default: no limit. */
  readonly concurrency?: number | undefined
  /** How many jobs are begun in an interval over all workers. Default: no limit. */
  readonly rateLimit?: RateLimitOptions | undefined
  /** How long a completed job's result is kept, in milliseconds, at least 1,000. Default 10 minutes. */
  readonly keepCompletedMs?: number | undefined
  /** How long a dead letter is kept, in milliseconds, at least 1,000. Default 7 days. */
  readonly keepDeadMs?: number | undefined
  /** The most bytes that a job's data may have as JSON. Default 256 KiB; the store takes 1 MiB at the most. */
  readonly maxPayloadBytes?: number | undefined
}

/** How one job is treated. */
export interface AddOptions {
  /** Taken once: adding an id again does nothing for as long as the job or its result is kept. Default: made up. */
  readonly id?: string | undefined
  /** How long the job waits before it may be taken, in milliseconds. Default 0. */
  readonly delayMs?: number | undefined
  /** From -1,000 to 1,000; higher ones are taken first. Default 0. */
  readonly priority?: number | undefined
  /** Jobs of one group run one at a time, in the order in which they were added. */
  readonly group?: string | undefined
  /** Overrides the queue's. */
  readonly attempts?: number | undefined
  /** Overrides the queue's. */
  readonly backoff?: Partial<RetryBackoff> | undefined
}

export interface WorkOptions {
  /** How many jobs this worker runs at a time. Default 1. */
  readonly concurrency?: number | undefined
  /** How long jobs are outlived by their claim when this process dies, in whole seconds. Default: the coordination's. */
  readonly ttlSeconds?: number | undefined
  /** How many jobs are claimed in one request at the most. Default: as many as there is room for. */
  readonly batch?: number | undefined
  /** Begins at once. Default true; otherwise `worker.start()` begins. */
  readonly autoStart?: boolean | undefined
}

const backoffKinds: OptionKinds<Partial<RetryBackoff>> = {
  type: oneOf('fixed', 'exponential'),
  delayMs: number,
  maxMs: positiveNumber('milliseconds'),
}

/** Shorter than that a lease cannot be. */
const minKeepMs = 1_000
/** The store takes messages of 1.5 MiB. */
const maxPayload = 1_048_576

export const queueOptionKinds: OptionKinds<QueueOptions> = {
  attempts: wholeNumber(1),
  backoff: optionsKind(backoffKinds),
  maxStalls: wholeNumber(0),
  concurrency: wholeNumber(1, 10_000),
  rateLimit: optionsKind(rateLimitOptionKinds),
  keepCompletedMs: wholeNumber(minKeepMs),
  keepDeadMs: wholeNumber(minKeepMs),
  maxPayloadBytes: wholeNumber(1, maxPayload),
}

export const addOptionKinds: OptionKinds<AddOptions> = {
  id: text,
  delayMs: number,
  priority: wholeNumber(-maxPriority, maxPriority),
  group: text,
  attempts: wholeNumber(1),
  backoff: optionsKind(backoffKinds),
}

export const workOptionKinds: OptionKinds<WorkOptions> = {
  concurrency: wholeNumber(1, 10_000),
  ttlSeconds: wholeNumber(2),
  batch: wholeNumber(1, 100),
  autoStart: boolean,
}

export interface QueueSettings {
  readonly attempts: number
  readonly backoff: RetryBackoff
  readonly maxStalls: number
  readonly concurrency: number | undefined
  readonly rateLimit: RateLimitOptions | undefined
  readonly keepCompletedMs: number
  readonly keepDeadMs: number
  readonly maxPayloadBytes: number
}

const defaultBackoff: RetryBackoff = { type: 'exponential', delayMs: 1_000, maxMs: 60_000 }

export function queueSettings(options: QueueOptions): QueueSettings {
  return {
    attempts: options.attempts ?? 5,
    backoff: retryBackoff(options.backoff, defaultBackoff),
    maxStalls: options.maxStalls ?? 3,
    concurrency: options.concurrency,
    rateLimit: options.rateLimit,
    keepCompletedMs: options.keepCompletedMs ?? 600_000,
    keepDeadMs: options.keepDeadMs ?? 7 * 86_400_000,
    maxPayloadBytes: options.maxPayloadBytes ?? 262_144,
  }
}

export function retryBackoff(given: Partial<RetryBackoff> | undefined, otherwise: RetryBackoff): RetryBackoff {
  const { type = otherwise.type, delayMs = otherwise.delayMs, maxMs = otherwise.maxMs } = given ?? {}
  return { type, delayMs, maxMs }
}

/** With equal jitter, so that jobs that failed together do not return together. */
export function retryDelayMs({ type, delayMs, maxMs }: RetryBackoff, attempt: number, random = Math.random): number {
  if (type === 'fixed') return Math.min(delayMs, maxMs)
  const boundMs = Math.min(maxMs, delayMs * 2 ** Math.min(attempt - 1, 30))
  return boundMs / 2 + (random() * boundMs) / 2
}
