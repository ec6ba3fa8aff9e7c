import { hash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { decodeText } from '../documents/document-text.ts'
import type { FieldReader } from './json-record.ts'

const encodings = ['utf8', 'base64', 'gzip+base64'] as const

/** A document's bytes inside a JSON record: as text when it is text, packed when that saves something in JSON. */
export interface StoredContent {
  readonly encoding: (typeof encodings)[number]
  readonly content: string
}

/** Text up to this size stays readable with `etcdctl get`. */
const packFromBytes = 4096

/** No document is this large; a packed one that claims more is damaged. */
const maxUnpackedBytes = 16 * 1024 * 1024

export function storeContent(bytes: Uint8Array): StoredContent {
  const text = decodeText(bytes)
  const plain: StoredContent =
    text === undefined
      ? { encoding: 'base64', content: Buffer.from(bytes).toString('base64') }
      : { encoding: 'utf8', content: text }
  if (bytes.length < packFromBytes) return plain
  const packed: StoredContent = { encoding: 'gzip+base64', content: gzipSync(bytes).toString('base64') }
  return packed.content.length < bytes.length || storedBytes(packed) < storedBytes(plain) ? packed : plain
}

/** How many bytes it takes in a record: JSON writes some characters with up to six. */
export function storedBytes({ content }: StoredContent): number {
  return Buffer.byteLength(JSON.stringify(content))
}

/** The bytes exactly as they were. Throws when what is packed is damaged. */
export function restoreContent({ encoding, content }: StoredContent): Uint8Array {
  if (encoding === 'utf8') return Buffer.from(content)
  const bytes = Buffer.from(content, 'base64')
  return encoding === 'base64' ? bytes : gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes })
}

export function readContent(fields: FieldReader): StoredContent {
  return { encoding: fields.oneOf('encoding', encodings), content: fields.string('content') }
}

/** SHA-256 in hexadecimal: tells whether two documents are the same, byte for byte. */
export function checksumOf(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}
