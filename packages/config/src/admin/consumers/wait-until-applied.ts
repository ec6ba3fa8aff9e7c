import type { EtcdClient } from '@waypost/client'
import {
  abortedError,
  type CallOptions,
  type Clock,
  deferred,
  onAbort,
  throwIfAborted,
  WaypostError,
} from '@waypost/core'
import { configKey } from '../../config-path.ts'
import { appliedPrefix, recordFolders } from '../../records/keys.ts'
import { type DocumentUser, usersOf } from './document-status.ts'

/** What `publish` gave, or any other change of a document. */
export interface AwaitedRelease {
  readonly path: string
  /** The store's revision at which the document was written. */
  readonly revision: bigint
  /** Of the document; absent when it was deleted. */
  readonly checksum: string | undefined
}

/** Everybody who uses the document has it. */
export interface AppliedByAll {
  /** How many live processes use it. */
  readonly processes: number
  /** How many of them have a canary instead, and so are not concerned. */
  readonly onCanary: number
}

const defaultTimeoutMs = 30_000

/**
 * Waits until every live process that uses the document has looked at this release, or at a later one. Fails with
 * `failed-precondition` as soon as one has rejected it, and with `deadline-exceeded` naming those that have not
 * answered in time.
 */
export async function waitUntilApplied(
  etcd: EtcdClient,
  clock: Clock,
  awaited: AwaitedRelease,
  { signal, timeoutMs = defaultTimeoutMs }: CallOptions,
): Promise<AppliedByAll> {
  const { path, revision } = awaited
  configKey(path)
  throwIfAborted(signal)
  const forever = { timeoutMs: Number.POSITIVE_INFINITY }
  const applied = etcd.cache({ prefix: appliedPrefix(path) }, forever)
  const consumers = etcd.cache({ prefix: recordFolders.consumers }, forever)
  const done = deferred<AppliedByAll>()
  let users: ReadonlyMap<string, DocumentUser> = new Map()
  const look = (): void => {
    if (!applied.isReady || !consumers.isReady) return
    users = usersOf(path, valuesOf(consumers), valuesOf(applied), [])
    const concerned = [...users.values()].filter((user) => user.applied?.canary === undefined)
    const rejected = concerned.filter((user) => user.applied?.state === 'rejected' && hasSeen(user, revision))
    if (rejected.length > 0) done.reject(rejectedError(path, rejected))
    else if (concerned.every((user) => hasApplied(user, awaited))) {
      done.resolve({ processes: users.size, onCanary: users.size - concerned.length })
    }
  }
  const timer = clock.after(timeoutMs, () => done.reject(lateError(awaited, timeoutMs, users)), { ref: false })
  const release = onAbort(signal, () => signal && done.reject(abortedError(signal)))
  try {
    for (const cache of [applied, consumers]) {
      cache.ready.then(look, (error: unknown) => done.reject(error))
      cache.onChange(look)
    }
    return await done.promise
  } finally {
    timer.cancel()
    release()
    await Promise.all([applied.close(), consumers.close()])
  }
}

function* valuesOf<T>(cache: Iterable<readonly [string, T]>): Iterable<T> {
  for (const [, value] of cache) yield value
}

function hasSeen({ applied }: DocumentUser, revision: bigint): boolean {
  return applied !== undefined && applied.revision >= revision
}

/** Of a document that was deleted, a process that goes on without it says nothing any more. */
function hasApplied(user: DocumentUser, { revision, checksum }: AwaitedRelease): boolean {
  if (user.applied === undefined) return checksum === undefined
  return user.applied.state === 'applied' && hasSeen(user, revision)
}

function rejectedError(path: string, rejected: readonly DocumentUser[]): WaypostError {
  const reasons = rejected.map((user) => `${nameOf(user)}: ${user.applied?.reason ?? 'without a reason'}`)
  return new WaypostError('failed-precondition', `${path} was rejected by ${reasons.join('; ')}.`, {
    details: { path, rejected: reasons },
  })
}

function lateError(awaited: AwaitedRelease, timeoutMs: number, users: ReadonlyMap<string, DocumentUser>): WaypostError {
  const { path } = awaited
  const pending = [...users.values()].filter((user) => !hasApplied(user, awaited) && user.applied?.canary === undefined)
  const who = pending.length === 0 ? 'the store' : pending.slice(0, 10).map(nameOf).join(', ')
  const more = pending.length > 10 ? ` and ${pending.length - 10} more` : ''
  return new WaypostError('deadline-exceeded', `${path}: no answer from ${who}${more} within ${timeoutMs} ms.`, {
    details: { path, pending: pending.map(nameOf) },
  })
}

function nameOf({ consumer, applied }: DocumentUser): string {
  const who = consumer ?? applied
  return who === undefined ? 'a process' : `${who.app}${who.version ? `@${who.version}` : ''} on ${who.instance}`
}
