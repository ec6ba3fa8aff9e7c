import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { boolean, checkOptions, functionKind, type OptionKinds, required, text } from '@waypost/core/options'
import { AlarmMember, asBuffer, KeyValue, Role, User } from '@waypost/protocol'
import { loadIdentity } from '../apply/identity.ts'
import {
  authEnabledKey,
  authRevisionKey,
  bucketNames,
  finishedCompactKey,
  scheduledCompactKey,
} from '../bolt/etcd-layout.ts'
import { decodeLeaseMessage } from '../bolt/lease-message.ts'
import { putCompactionMark } from '../mvcc/compaction-mark.ts'
import { parseEtcdRevisionKey } from '../mvcc/etcd-revision-key.ts'
import type { Storage } from '../storage/storage.ts'
import { syncDirectory } from '../storage/sync-directory.ts'
import { SnapshotReader, unsound } from './snapshot-reader.ts'

export interface RestoreOptions {
  /** A snapshot that `etcdctl snapshot save` or `waypost snapshot save` wrote. */
  readonly snapshotPath: string
  /** Must be empty or not there. */
  readonly dataDir: string
  /** Takes a database file without the SHA-256 behind it, such as one copied out of a member. Default false. */
  readonly skipHashCheck?: boolean | undefined
  /** Called now and then with the number of versions of keys that have been read. */
  readonly onProgress?: ((versions: number) => void) | undefined
}

const restoreOptionKinds: OptionKinds<RestoreOptions> = {
  snapshotPath: required(text),
  dataDir: required(text),
  skipHashCheck: boolean,
  onProgress: functionKind<(versions: number) => void>(),
}

export interface RestoreResult {
  readonly revision: number
  /** Versions of keys, deletions included. */
  readonly versions: number
  readonly leases: number
  readonly users: number
  readonly roles: number
}

const progressInterval = 10_000

/**
 * Makes a data directory of a snapshot: every key with all its revisions, leases with their full time, users, roles
 * and whether a login is needed. The directory appears when it is complete, or not at all.
 * Throws `WaypostError`: `not-found`, `invalid-argument`, `data-dir-foreign` when the directory is not empty,
 * `data-dir-unusable`.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 *
 * await etcd.kv.put('/greeting', 'hello')
 * await writeFile('snapshot.db', etcd.maintenance.snapshot(), { mode: 0o600 })
 * const { versions } = await restore({ snapshotPath: 'snapshot.db', dataDir: 'restored' })
 * console.log(versions > 0) // true
 * await using server = await EmbeddedServer.start({ dataDir: 'restored', port: 0 })
 * ```
 */
export async function restore(options: RestoreOptions): Promise<RestoreResult> {
  checkOptions('restore', options, restoreOptionKinds)
  const target = resolve(options.dataDir)
  await assertEmpty(target)
  // LMDB is loaded only by who needs it.
  const { DataDirectory } = await import('../storage/data-directory.ts')
  const snapshot = await SnapshotReader.open(options.snapshotPath, { skipHashCheck: options.skipHashCheck ?? false })
  const unfinished = join(dirname(target), `.${basename(target)}.restoring`)
  try {
    await mkdir(dirname(target), { recursive: true })
    await rm(unfinished, { recursive: true, force: true })
    const directory = await DataDirectory.open(unfinished)
    let result: RestoreResult
    try {
      result = await fill(directory.storage, snapshot, options)
      await directory.finish()
    } finally {
      await directory.close()
    }
    await rmdir(target).catch(() => {})
    await rename(unfinished, target)
    await syncDirectory(dirname(target))
    return result
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {})
    if (WaypostError.is(error)) throw error
    throw new WaypostError('data-dir-unusable', `${target} cannot be written: ${messageOf(error)}`, { cause: error })
  } finally {
    await snapshot.close()
  }
}

async function assertEmpty(path: string): Promise<void> {
  const names = await readdir(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new WaypostError('data-dir-unusable', `${path} cannot be used: ${messageOf(error)}`, { cause: error })
  })
  if (names.length > 0)
    throw new WaypostError(
      'data-dir-foreign',
      `${path} is not empty: it holds ${names[0]}. Restore into a new directory; nothing was changed.`,
    )
}

async function fill(storage: Storage, snapshot: SnapshotReader, options: RestoreOptions): Promise<RestoreResult> {
  const refuse = (why: string): WaypostError => unsound(options.snapshotPath, why)
  if (!snapshot.bucketNames.includes(bucketNames.key)) throw refuse('it has no bucket for keys')
  const marks = await compactionMarks(snapshot)
  if (marks.finished >= 0) putCompactionMark(storage, 'finished', marks.finished)
  const scheduled = Math.max(marks.scheduled, marks.finished)
  if (scheduled >= 0) putCompactionMark(storage, 'scheduled', scheduled)

  let leases = 0
  for await (const { value } of snapshot.items(bucketNames.lease)) {
    const { id, ttlSeconds } = decoded(() => decodeLeaseMessage(Buffer.from(value)), refuse)
    storage.putLease({ id, ttlSeconds: Number(ttlSeconds) })
    leases += 1
  }
  const { users, roles } = await fillAuth(storage, snapshot, refuse)
  for await (const { key } of snapshot.items(bucketNames.alarm)) {
    const bytes = Buffer.from(key)
    const { memberId, alarm } = decoded(() => AlarmMember.decode(bytes), refuse)
    storage.putEntry(`alarm/${memberId}/${alarm}`, bytes)
  }

  // Everything so far becomes durable together with the first checkpoint, and only a directory that is complete is kept.
  let index = 1
  let revision = Math.max(1, scheduled)
  let versions = 0
  for await (const item of snapshot.items(bucketNames.key)) {
    const at = parseEtcdRevisionKey(asBuffer(item.key))
    if (at === undefined) throw refuse('a key in it has no revision')
    if (at.main !== revision) {
      storage.checkpoint({ appliedIndex: index++, revision })
      await storage.room()
    }
    revision = Math.max(revision, at.main)
    storage.putRevision({ ...at, kv: decoded(() => plainKeyValue(item.value), refuse) })
    versions += 1
    if (versions % progressInterval === 0) options.onProgress?.(versions)
  }
  loadIdentity(storage)
  storage.checkpoint({ appliedIndex: index, revision })
  return { revision, versions, leases, users, roles }
}

async function compactionMarks(snapshot: SnapshotReader): Promise<{ scheduled: number; finished: number }> {
  const marks = { scheduled: -1, finished: -1 }
  for await (const { key, value } of snapshot.items(bucketNames.meta)) {
    const name = Buffer.from(key).toString()
    const revision = parseEtcdRevisionKey(asBuffer(value))?.main ?? -1
    if (name === scheduledCompactKey) marks.scheduled = revision
    if (name === finishedCompactKey) marks.finished = revision
  }
  return marks
}

async function fillAuth(
  storage: Storage,
  snapshot: SnapshotReader,
  refuse: (why: string) => WaypostError,
): Promise<{ users: number; roles: number }> {
  let users = 0
  for await (const { value } of snapshot.items(bucketNames.authUsers)) {
    const bytes = Buffer.from(value)
    const { name } = decoded(() => User.decode(bytes), refuse)
    storage.putEntry(`auth/user/${asBuffer(name).toString()}`, bytes)
    users += 1
  }
  let roles = 0
  for await (const { value } of snapshot.items(bucketNames.authRoles)) {
    const bytes = Buffer.from(value)
    const { name } = decoded(() => Role.decode(bytes), refuse)
    storage.putEntry(`auth/role/${asBuffer(name).toString()}`, bytes)
    roles += 1
  }
  const settings = Buffer.alloc(9)
  settings.writeBigUInt64BE(1n, 1)
  for await (const { key, value } of snapshot.items(bucketNames.auth)) {
    const name = Buffer.from(key).toString()
    if (name === authEnabledKey) settings[0] = value[0] ?? 0
    if (name === authRevisionKey && value.length === 8) settings.set(value, 1)
  }
  if (users + roles > 0 || settings[0] === 1) storage.putEntry('auth/settings', settings)
  return { users, roles }
}

/** The message encoded as the store itself encodes it, which its light readers rely on. */
function plainKeyValue(value: Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  const written = Buffer.from(KeyValue.encode(KeyValue.decode(bytes)))
  return written.equals(bytes) ? bytes : written
}

function decoded<T>(decode: () => T, refuse: (why: string) => WaypostError): T {
  try {
    return decode()
  } catch (error) {
    throw refuse(`a value in it cannot be read (${messageOf(error)})`)
  }
}
