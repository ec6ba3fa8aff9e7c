import { type EtcdClient, get, put } from '@waypost/client'
import { Backoff, type CallOptions, type Clock, type Deadline, delay, quoted, WaypostError } from '@waypost/core'

/** The rights to ask that the strict mode knows. Each is permission to write below its marker range. */
export const rights = ['publish', 'approve', 'bypass', 'govern', 'operate'] as const

export type Right = (typeof rights)[number]

const rightsPrefix = '/waypost/rights/'

/**
 * `direct`: people and pipelines may write documents, their records and the audit themselves. `strict`: they may ask
 * for that, and only the hub's own login writes.
 */
export type AccessMode = 'direct' | 'strict'

/** One key for each hub that runs and has a login of its own, on the lease of its process. */
export const runningHubsPrefix = '/waypost/hub/running/'

/** Holds the mode; absent: `direct`. */
export const modeKey = '/waypost/access/mode'

/** The mode of this store and namespace. Fails with `data-loss` when it is neither of the two words. */
export async function readAccessMode(etcd: EtcdClient, options?: CallOptions): Promise<AccessMode> {
  const text = (await etcd.kv.get(modeKey, options))?.text().trim() ?? 'direct'
  if (text === 'direct' || text === 'strict') return text
  throw new WaypostError('data-loss', `${modeKey} is ${quoted(text)}, which is not a mode. Set it again.`)
}

/**
 * The marker of a right on a subject: a document's path, a folder with its slash, or `<service>/<instance>`. Nothing is
 * ever written there. Who may write it may ask.
 */
export function rightKey(right: Right, subject: string): string {
  return `${rightsPrefix}${right}/${subject}`
}

/**
 * Whether the store would let this login write the markers of a right on some subjects, and read these keys. The store
 * decides by its own check: the transaction names the markers in its branch for when a condition fails, and has no
 * condition, so the store checks its permissions and writes nothing.
 */
export async function mayAsk(
  etcd: EtcdClient,
  {
    right,
    subjects,
    reads = [],
  }: { readonly right: Right; readonly subjects: readonly string[]; readonly reads?: readonly string[] | undefined },
  clock: Clock,
  deadline: Deadline,
): Promise<boolean> {
  const steps = [...subjects.map((subject) => put(rightKey(right, subject), '')), ...reads.map((key) => get(key))]
  for (let start = 0; start < steps.length; start += maxSteps) {
    if (!(await isPermitted(etcd, steps.slice(start, start + maxSteps), clock, deadline))) return false
  }
  return true
}

/** A transaction has at most 128 steps in the store's usual setting. */
const maxSteps = 100

async function isPermitted(
  etcd: EtcdClient,
  steps: readonly (ReturnType<typeof put> | ReturnType<typeof get>)[],
  clock: Clock,
  deadline: Deadline,
): Promise<boolean> {
  const probe = etcd.txn().else(...steps)
  const backoff = new Backoff({ initialMs: 50, maxMs: 1_000 })
  for (;;) {
    try {
      await probe.commit(deadline.call())
      return true
    } catch (error) {
      if (WaypostError.is(error, 'permission-denied')) return false
      // It writes nothing, so asking again does no harm.
      if (!WaypostError.is(error, 'outcome-unknown') || deadline.remainingMs === 0) throw error
    }
    await delay(Math.min(backoff.nextMs(), deadline.remainingMs), { signal: deadline.signal, clock })
  }
}
