import { createHash } from 'node:crypto'
import type { EtcdClient } from '@waypost/client'
import { invalidArgument, onAbort, WaypostError } from '@waypost/core'
import { type Checkpoint, destKey, isBookkeeping, type MirrorPlace, rangeOf, readCheckpoint } from './place.ts'
import { type Change, MirrorWriter } from './writer.ts'

export interface MirrorOptions extends MirrorPlace {
  readonly from: EtcdClient
  readonly to: EtcdClient
  readonly signal: AbortSignal
  /** Ends once everything was copied as of one revision. */
  readonly once: boolean
  /** Replaces what is in the destination although no mirror of this source has put it there. */
  readonly overwrite: boolean
  readonly onProgress: (progress: MirrorProgress) => void
  /** Called with what needs no action, such as a destination that is away. */
  readonly onTrouble: (error: unknown) => void
}

export interface MirrorProgress {
  readonly state: 'copying' | 'following'
  /** The revision of the source that the destination has reached, or is being brought to. */
  readonly revision: bigint
  /** Changes that were made in the destination since the start. */
  readonly changes: number
}

/** How many keys are compared with the destination at once. */
const keysAtOnce = 100

/**
 * Makes a range of the destination the same as a range of the source, as of one revision, and follows from there,
 * revision by revision. Started again it goes on where it was; when the source has forgotten what came since, or is
 * another store, it copies again what differs. Runs until the signal fires.
 */
export async function mirror(options: MirrorOptions): Promise<void> {
  const { to, signal } = options
  const clusterId = await sourceId(options)
  const stored = await readCheckpoint(to, options)
  const isOurs = stored?.checkpoint?.clusterId === clusterId
  const writer = new MirrorWriter(to, options, stored?.text, signal, options.onTrouble)
  const run = { ...options, clusterId, writer, mayReplace: isOurs || options.overwrite, counter: { changes: 0 } }
  const reached = isOurs ? BigInt(stored?.checkpoint?.revision ?? 0) : 0n
  let revision = reached > 0n && !options.once ? reached : undefined
  while (!signal.aborted) {
    try {
      revision ??= await copy(run)
      run.mayReplace = true
      if (options.once) return
      await follow(run, revision)
    } catch (error) {
      // The source has forgotten what was to be read next.
      if (!WaypostError.is(error, 'compacted')) throw error
      revision = undefined
    }
  }
}

/** Refuses to copy what would be copied again forever. */
async function sourceId({ from, to, prefix, destPrefix }: MirrorOptions): Promise<string> {
  const [source, dest] = await Promise.all([from.maintenance.status(), to.maintenance.status()])
  if (source.clusterId === dest.clusterId && (prefix.startsWith(destPrefix) || destPrefix.startsWith(prefix)))
    throw invalidArgument('The source and the destination are the same keys of the same store.')
  return String(source.clusterId)
}

interface Run extends MirrorOptions {
  readonly clusterId: string
  readonly writer: MirrorWriter
  /** Whether what is in the destination may be overwritten and deleted. */
  mayReplace: boolean
  readonly counter: { changes: number }
}

/** Brings the destination to one revision of the source: writes what differs, deletes what is too much. */
async function copy(run: Run): Promise<bigint> {
  const { from, to, prefix, destPrefix, clusterId, signal } = run
  const source = from.kv.list(rangeOf(prefix), { signal }).pages()
  const first = await source.next()
  if (first.done) throw new WaypostError('internal', 'A list has at least one page.')
  const { revision } = first.value
  // Until all is there, the checkpoint says that nothing is known.
  const unfinished: Checkpoint = { clusterId, revision: '0' }
  const existing = new Map<string, Uint8Array>()
  for await (const kv of to.kv.list(rangeOf(destPrefix), { signal }))
    if (!isBookkeeping(kv.keyBytes)) existing.set(latin1(kv.keyBytes), digest(kv.bytes))

  if (existing.size > 0 && !run.mayReplace) throw occupied(existing)

  let batch: Change[] = []
  const flush = async (): Promise<void> => {
    await apply(run, batch, unfinished, unfinished)
    run.onProgress({ state: 'copying', revision, changes: run.counter.changes })
    batch = []
  }
  for (let page = first.value; ; ) {
    for (const kv of page.kvs) {
      if (isBookkeeping(kv.keyBytes)) continue
      const key = destKey(run, kv)
      const present = existing.get(latin1(key))
      existing.delete(latin1(key))
      if (present === undefined || Buffer.compare(present, digest(kv.bytes)) !== 0) batch.push({ key, bytes: kv.bytes })
      if (batch.length >= keysAtOnce) await flush()
    }
    const next = await source.next()
    if (next.done) break
    page = next.value
  }
  await flush()
  const surplus = [...existing.keys()].map((key) => ({ key: Buffer.from(key, 'latin1'), bytes: undefined }))
  await apply(run, surplus, unfinished, { clusterId, revision: String(revision) })
  run.onProgress({ state: 'copying', revision, changes: run.counter.changes })
  return revision
}

async function follow(run: Run, revision: bigint): Promise<void> {
  const { from, prefix, clusterId, signal } = run
  let reached: Checkpoint = { clusterId, revision: String(revision) }
  const watch = from.watch(rangeOf(prefix), { startRevision: revision + 1n, progressNotify: true, queueLimit: 100 })
  // It may have fired already, while the rest was copied.
  const release = onAbort(signal, () => void watch.close())
  try {
    run.onProgress({ state: 'following', revision, changes: run.counter.changes })
    for await (const batch of watch) {
      const changes = new Map<string, Change>()
      for (const { type, kv } of batch.events) {
        if (isBookkeeping(kv.keyBytes)) continue
        const key = destKey(run, kv)
        changes.set(latin1(key), { key, bytes: type === 'put' ? kv.bytes : undefined })
      }
      const next = { clusterId, revision: String(batch.revision) }
      // Now and then the checkpoint moves on alone, so that what it needs is not compacted away.
      if (changes.size > 0 || batch.events.length === 0) {
        await apply(run, [...changes.values()], reached, next)
        reached = next
      }
      run.onProgress({ state: 'following', revision: batch.revision, changes: run.counter.changes })
    }
  } finally {
    release()
    await watch.close()
  }
}

async function apply(run: Run, changes: readonly Change[], before: Checkpoint, after: Checkpoint): Promise<void> {
  await run.writer.write(changes, before, after)
  run.counter.changes += changes.length
}

function occupied(existing: ReadonlyMap<string, unknown>): WaypostError {
  const [key = ''] = existing.keys()
  return new WaypostError(
    'failed-precondition',
    `The destination holds ${existing.size} keys already, such as ${Buffer.from(key, 'latin1')}. They would be ` +
      'overwritten or deleted: choose another --dest-prefix, or pass --overwrite.',
  )
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Stands for a value that is only compared, so that memory holds keys and no values. */
function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
