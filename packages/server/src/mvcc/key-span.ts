import { asBuffer, isOpenEnd } from '@waypost/protocol'

/** A range of keys as latin1 strings, whose order is the order of their bytes: [start, end). */
export interface KeySpan {
  readonly start: string
  /** Exclusive; undefined: no end. */
  readonly end: string | undefined
  /** Whether the span is the one key `start`. */
  readonly single: boolean
}

/** A request's key and range end, read as etcd does: empty end: one key; a zero byte: no end. */
export function keySpan(key: Uint8Array, rangeEnd: Uint8Array): KeySpan {
  const start = keyString(key)
  if (rangeEnd.length === 0) return { start, end: `${start}\0`, single: true }
  return { start, end: isOpenEnd(rangeEnd) ? undefined : keyString(rangeEnd), single: false }
}

export function singleSpan(key: string): KeySpan {
  return { start: key, end: `${key}\0`, single: true }
}

export function keyString(key: Uint8Array): string {
  return asBuffer(key).toString('latin1')
}

export function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'latin1')
}
