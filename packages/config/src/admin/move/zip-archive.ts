import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { messageOf, WaypostError } from '@waypost/core'

/** An export of more than this is not taken: what claims to be one is more likely made to fill the memory. */
const maxUnpackedBytes = 256 * 1024 * 1024

/**
 * The files of a zip archive by their names, with slashes and without `./` in front. What operating systems put beside
 * files (`__MACOSX`, `.DS_Store`, `Thumbs.db`) is left out. Fails with `invalid-argument` when it is no archive, or when
 * a file is not what its checksum says.
 *
 * Source: APPNOTE.TXT, PKWARE's specification of the format, sections 4.3.7 to 4.3.16.
 */
export async function readZip(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const files = new Map<string, Uint8Array>()
  let unpacked = 0
  try {
    for (const entry of entriesOf(buffer)) {
      const name = entry.name.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
      if (name.endsWith('/') || isSystemFile(name)) continue
      unpacked += entry.size
      if (unpacked > maxUnpackedBytes) throw new Error(`it unpacks to more than ${maxUnpackedBytes} bytes`)
      if (files.has(name)) throw new Error(`it has two files called ${name}`)
      files.set(name, await contentOf(buffer, entry))
    }
    return files
  } catch (cause) {
    throw new WaypostError('invalid-argument', `The zip archive cannot be read: ${messageOf(cause)}.`, { cause })
  }
}

function isSystemFile(name: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i.test(name)
}

interface Entry {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly checksum: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50
const endLength = 22
const maxCommentLength = 0xffff

/** From the directory at the end of the archive, which knows what the entries themselves may not. */
function* entriesOf(archive: Buffer): Generator<Entry> {
  const end = endOf(archive)
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  if (count === 0xffff || at === 0xffffffff) throw new Error('it is a Zip64 archive')
  for (let index = 0; index < count; index++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== entrySignature)
      throw new Error('its directory is damaged')
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28)
    yield {
      name: archive.toString('utf8', at + 46, nameEnd),
      flags: archive.readUInt16LE(at + 8),
      method: archive.readUInt16LE(at + 10),
      checksum: archive.readUInt32LE(at + 16),
      packedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    }
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
}

/** A comment may follow the end record. */
function endOf(archive: Buffer): number {
  const last = archive.length - endLength
  for (let at = last; at >= 0 && at >= last - maxCommentLength; at--) {
    if (
      archive.readUInt32LE(at) === endSignature &&
      at + endLength + archive.readUInt16LE(at + 20) === archive.length
    ) {
      return at
    }
  }
  throw new Error('it has no central directory')
}

const encrypted = 0x1
const stored = 0
const deflated = 8

async function contentOf(archive: Buffer, entry: Entry): Promise<Uint8Array> {
  const { name, flags, method, checksum, packedSize, size, offset } = entry
  if ((flags & encrypted) !== 0) throw new Error(`${name} is encrypted`)
  if (offset + 30 > archive.length || archive.readUInt32LE(offset) !== localSignature)
    throw new Error(`${name} is damaged`)
  const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28)
  const packed = archive.subarray(start, start + packedSize)
  if (packed.length !== packedSize) throw new Error(`${name} is cut off`)
  if (method !== stored && method !== deflated) throw new Error(`${name} uses an unsupported compression method`)
  const content = method === stored ? packed : await inflate(name, packed, size)
  if (content.length !== size || crc32(content) !== checksum) throw new Error(`${name} does not match its checksum`)
  return content
}

async function inflate(name: string, packed: Buffer, size: number): Promise<Buffer> {
  try {
    return await promisify(inflateRaw)(packed, { maxOutputLength: Math.max(1, size) })
  } catch (cause) {
    throw new Error(`${name} is damaged`, { cause })
  }
}
