import { createRevision, del, type EtcdClient, get, type KeyValue, put } from '@waypost/client'
import { anySignal, invalidArgument, WaypostError } from '@waypost/core'

/**
 * Places in a line, in etcd's own layout: `<name>/<lease in hexadecimal>`, and the lowest create revision holds. A session
 * of the hub stands in one line with `etcdctl lock`, Go's `concurrency` package and Waypost's own processes.
 */
export interface Place {
  readonly key: string
  readonly lease: bigint
  /** The fencing token: it only rises. */
  readonly token: bigint
  readonly value: string
}

/** The places of a line, the one that holds first. Names nest: keys of longer names are left out. */
export async function readLine(etcd: EtcdClient, name: string, signal: AbortSignal): Promise<readonly Place[]> {
  const { kvs } = await etcd.kv.range(
    { prefix: `${name}/` },
    { sort: { by: 'createRevision', order: 'ascending' }, limit: 10_000, signal },
  )
  return kvs.filter(({ key }) => !key.slice(name.length + 1).includes('/')).map(placeOf)
}

/** Takes a place for a session, or finds the one that it has. Fails with `lease-not-found`. */
export async function takePlace(
  etcd: EtcdClient,
  name: string,
  { session, value }: { readonly session: bigint; readonly value: string },
  signal: AbortSignal,
): Promise<bigint> {
  const key = placeKey(name, session)
  const { succeeded, revision, responses } = await etcd
    .txn()
    .if(createRevision(key).equals(0))
    .do(put(key, value, { lease: session }))
    .else(get(key))
    .commit({ signal })
  if (succeeded) return revision
  const [known] = responses
  if (known === undefined) throw new WaypostError('internal', 'A place is neither taken nor waiting.')
  return known.createRevision
}

/** Gives a place back. False: the session has none. */
export async function leavePlace(
  etcd: EtcdClient,
  name: string,
  session: bigint,
  signal: AbortSignal,
): Promise<boolean> {
  const key = placeKey(name, session)
  const { succeeded } = await etcd.txn().if(createRevision(key).greaterThan(0)).do(del(key)).commit({ signal })
  return succeeded
}

/** Changes what the holder says of itself. Fails with `failed-precondition` when the session does not hold. */
export async function proclaim(
  etcd: EtcdClient,
  name: string,
  { session, value }: { readonly session: bigint; readonly value: string },
  signal: AbortSignal,
): Promise<Place> {
  const [first] = await readLine(etcd, name, signal)
  const key = placeKey(name, session)
  if (first?.key !== key) throw new WaypostError('failed-precondition', `The session does not lead ${name}.`)
  const { succeeded } = await etcd
    .txn()
    .if(createRevision(key).equals(first.token))
    .do(put(key, value, { ignoreLease: true }))
    .commit({ signal })
  if (!succeeded) throw new WaypostError('failed-precondition', `The session no longer leads ${name}.`)
  return { ...first, value }
}

/** Waits until a place holds, at most so long. Returns how many are before it: 0 when it holds. */
export async function waitForTurn(
  etcd: EtcdClient,
  name: string,
  token: bigint,
  waitMs: number,
  signal: AbortSignal,
): Promise<number> {
  const timeout = AbortSignal.timeout(waitMs)
  for (;;) {
    const places = await readLine(etcd, name, signal)
    const own = places.findIndex((place) => place.token === token)
    if (own < 0) throw new WaypostError('lease-not-found', 'The session ended while it waited: its place is gone.')
    const before = places[own - 1]
    if (before === undefined || timeout.aborted || waitMs === 0) return own
    try {
      // Only the one just before is waited for: no herd.
      const watch = etcd.watch({ key: before.key }, { signal: anySignal([signal, timeout]), filters: ['noPut'] })
      const gone = (async () => {
        for await (const _ of watch) return
      })()
      // It may have gone between the read and the watch.
      if ((await etcd.kv.get(before.key, { keysOnly: true, signal }))?.createRevision !== before.token)
        await watch.close()
      await gone
    } catch (error) {
      if (signal.aborted || !timeout.aborted) throw error
    }
  }
}

export function checkPlaceName(name: string): string {
  if (name.startsWith('/waypost/') || name.startsWith('/config/') || name.startsWith('/services/')) {
    throw invalidArgument(`${name} is among the keys of Waypost itself: choose another name.`)
  }
  if (name.endsWith('/') || name.includes('//'))
    throw invalidArgument(`${name} has an empty part: choose another name.`)
  return name
}

function placeKey(name: string, session: bigint): string {
  return `${name}/${BigInt.asUintN(64, session).toString(16)}`
}

function placeOf(kv: KeyValue): Place {
  return { key: kv.key, lease: kv.lease, token: kv.createRevision, value: kv.text() }
}
