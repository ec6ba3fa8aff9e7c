import type { Condition, EtcdClient, Operation } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { Backoff, type Clock, delay, WaypostError } from '@waypost/core'

/** A transaction whose conditions cannot hold a second time once it has been applied. */
export interface GuardedWrite {
  readonly conditions: readonly Condition[]
  readonly operations: readonly Operation<unknown>[]
  /** Tells, by reading, at which revision this very write was applied, if it was. */
  readonly findApplied: () => Promise<bigint | undefined>
}

/**
 * Writes, and gives the revision, or `undefined` when the conditions did not hold.
 * When the answer is lost the same write is sent again: its guard makes that harmless, and once the guard has failed
 * an earlier attempt can no longer come through, so what is read then is the truth. Fails with `outcome-unknown` only
 * when the time is up before the store could be asked.
 */
export async function commitGuarded(
  etcd: EtcdClient,
  clock: Clock,
  write: GuardedWrite,
  deadline: Deadline,
): Promise<bigint | undefined> {
  const txn = etcd
    .txn()
    .if(...write.conditions)
    .do(...write.operations)
  const backoff = new Backoff({ initialMs: 50, maxMs: 1_000 })
  let lost: WaypostError | undefined
  for (;;) {
    try {
      const { succeeded, revision } = await txn.commit(deadline.write())
      if (succeeded) return revision
      return lost && (await write.findApplied())
    } catch (error) {
      if (WaypostError.is(error, 'outcome-unknown')) lost = error
      else if (lost === undefined || WaypostError.is(error, 'aborted')) throw error
      else if (!WaypostError.is(error) || !error.retryable) throw lost
      if (deadline.remainingMs === 0) throw lost
    }
    await delay(Math.min(backoff.nextMs(), deadline.remainingMs), { signal: deadline.signal, clock })
  }
}
