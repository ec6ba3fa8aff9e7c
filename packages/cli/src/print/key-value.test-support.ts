import type { KeyValueFields } from './answers.ts'

/** A key as the store returns it after its first write. */
export function keyValueOf(key: string, value: string | Uint8Array): KeyValueFields {
  return {
    keyBytes: Buffer.from(key),
    bytes: typeof value === 'string' ? Buffer.from(value) : value,
    version: 1n,
    createRevision: 2n,
    modRevision: 2n,
    lease: 0n,
  }
}
