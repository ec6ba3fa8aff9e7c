import { isUtf8 } from 'node:buffer'
import type { KeyValue } from '../keys/key-value.ts'

/** The name under which a key is kept: the key as text, or what no text is when the key is not UTF-8. */
export function nameOf(kv: KeyValue): string {
  return isUtf8(kv.keyBytes) ? kv.key : nameOfBytes(kv.keyBytes)
}

export function nameOfBytes(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  // No UTF-8 decodes to half of a surrogate pair.
  return isUtf8(bytes) ? bytes.toString() : `\ud800${bytes.toString('latin1')}`
}
