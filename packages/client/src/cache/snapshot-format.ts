import type { Hash } from 'node:crypto'
import { WaypostError } from '@waypost/core'
import type { KeyRange } from '@waypost/protocol'
import { KeyPacker } from '../keys/key-packer.ts'
import type { KeyValue } from '../keys/key-value.ts'

/** Of which store and time a view is. */
export interface SnapshotOrigin {
  /** The store that it was read from. */
  readonly clusterId: bigint
  readonly revision: bigint
  /** Until when the view was known to be current. */
  readonly asOf: Date
}

/** What a snapshot file holds: the view of a range of keys as of one revision. */
export interface CacheSnapshot extends SnapshotOrigin {
  readonly kvs: readonly KeyValue[]
}

/** Which keys a snapshot file is about. */
export interface SnapshotScope {
  /** As they stand in the store, with the client's namespace. */
  readonly range: KeyRange
  /** How many bytes of a stored key are the client's namespace. */
  readonly namespaceBytes: number
}

interface Header extends SnapshotOrigin {
  readonly entries: number
}

const format = 'waypost-cache'
const version = 1
const checksumBytes = 32
const lengthBytes = 4
const newline = 0x0a
/** What is encoded, decoded or hashed in one go: less than a millisecond of work. */
const stepBytes = 128 * 1024
const stepEntries = 250

/**
 * The file, piece by piece: a line of JSON that says what it is, then every key as a length (32 bits, little endian)
 * and etcd's `KeyValue` message, then the SHA-256 of all that.
 */
export function* encodeSnapshot(snapshot: CacheSnapshot, scope: SnapshotScope): Generator<Uint8Array, void, undefined> {
  const hash = newHash()
  yield hashed(hash, Buffer.from(`${JSON.stringify(headerFields(snapshot, scope))}\n`))
  let pieces: Uint8Array[] = []
  let bytes = 0
  for (const kv of snapshot.kvs) {
    const { encoded } = kv
    const length = Buffer.allocUnsafe(lengthBytes)
    length.writeUInt32LE(encoded.length)
    pieces.push(length, encoded)
    bytes += lengthBytes + encoded.length
    if (bytes < stepBytes && pieces.length < 2 * stepEntries) continue
    yield hashed(hash, Buffer.concat(pieces, bytes))
    pieces = []
    bytes = 0
  }
  if (bytes > 0) yield hashed(hash, Buffer.concat(pieces, bytes))
  yield hash.digest()
}

/**
 * Reads a file's bytes, and passes its keys to `take` in pieces; `pause` is called between them, so that others get
 * their turn. Throws `snapshot-unusable`, with what is wrong with it: what was taken is then of no use.
 */
export async function decodeSnapshot(
  bytes: Buffer,
  scope: SnapshotScope,
  take: (kvs: readonly KeyValue[]) => void,
  pause: () => Promise<void>,
): Promise<SnapshotOrigin> {
  const headerEnd = bytes.indexOf(newline)
  const header = readHeader(bytes.toString('utf8', 0, Math.max(0, headerEnd)), scope)
  const bodyEnd = bytes.length - checksumBytes
  if (bodyEnd <= headerEnd) throw unusable('it is cut off')
  const hash = newHash()
  for (let start = 0; start < bodyEnd; start += stepBytes) {
    hash.update(bytes.subarray(start, Math.min(bodyEnd, start + stepBytes)))
    await pause()
  }
  if (!hash.digest().equals(bytes.subarray(bodyEnd))) throw unusable('its checksum does not match: it is damaged')
  let entries = 0
  let position = headerEnd + 1
  const packer = new KeyPacker()
  while (position < bodyEnd) {
    const kvs: KeyValue[] = []
    while (position < bodyEnd && kvs.length < stepEntries) {
      const start = position + lengthBytes
      position = start + bytes.readUInt32LE(position)
      kvs.push(packer.pack(bytes.subarray(start, position), scope.namespaceBytes))
    }
    entries += kvs.length
    take(kvs)
    await pause()
  }
  if (entries !== header.entries) throw unusable(`it holds ${entries} keys instead of ${header.entries}`)
  return header
}

function newHash(): Hash {
  // Few caches are kept in a file, so it is not loaded before one is.
  return process.getBuiltinModule('node:crypto').createHash('sha256')
}

function hashed(hash: Hash, piece: Buffer): Buffer {
  hash.update(piece)
  return piece
}

function headerFields(snapshot: CacheSnapshot, scope: SnapshotScope): Record<string, unknown> {
  return {
    format,
    version,
    clusterId: snapshot.clusterId.toString(16),
    revision: snapshot.revision.toString(),
    asOf: snapshot.asOf.toISOString(),
    entries: snapshot.kvs.length,
    ...scopeFields(scope),
  }
}

function scopeFields({ range, namespaceBytes }: SnapshotScope): Record<string, unknown> {
  return {
    key: Buffer.from(range.key).toString('base64'),
    rangeEnd: Buffer.from(range.rangeEnd).toString('base64'),
    namespaceBytes,
  }
}

function readHeader(line: string, scope: SnapshotScope): Header {
  const fields = parseFields(line)
  if (fields.format !== format) throw unusable('it is not a snapshot of a cache')
  if (fields.version !== version) {
    throw unusable(`it is of format version ${String(fields.version)}, and this version of Waypost reads ${version}`)
  }
  for (const [name, wanted] of Object.entries(scopeFields(scope))) {
    if (fields[name] !== wanted) throw unusable('it belongs to another range of keys')
  }
  const { clusterId, revision, asOf, entries } = fields
  if (typeof clusterId !== 'string' || typeof revision !== 'string' || typeof asOf !== 'string') throw badHeader()
  if (!/^[0-9a-f]+$/.test(clusterId) || !/^\d+$/.test(revision) || typeof entries !== 'number') throw badHeader()
  const date = new Date(asOf)
  if (Number.isNaN(date.getTime())) throw badHeader()
  return { clusterId: BigInt(`0x${clusterId}`), revision: BigInt(revision), asOf: date, entries }
}

function parseFields(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed }
  } catch {
    // Said below.
  }
  throw unusable('it is not a snapshot of a cache')
}

function badHeader(): WaypostError {
  return unusable('its first line is damaged')
}

function unusable(why: string): WaypostError {
  return new WaypostError('snapshot-unusable', why)
}
