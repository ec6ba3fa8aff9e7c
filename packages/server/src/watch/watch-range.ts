import { asBuffer, isOpenEnd, noBytes } from '@waypost/protocol'

/** The end of a range without end. No other range ends with the empty string. */
export const noEnd = ''

/** Which keys a watcher watches. Keys are latin1 strings, whose order is that of their bytes. */
export interface WatchRange {
  readonly start: string
  /** Exclusive; `noEnd` when there is none; undefined: the one key `start`. */
  readonly end: string | undefined
}

const zero = Buffer.from([0])

/** The range in the form in which both the permission check and the watcher see it: an empty key is a zero byte. */
export function normalizedRange(range: { key: Uint8Array; rangeEnd: Uint8Array }): {
  key: Uint8Array
  rangeEnd: Uint8Array
} {
  return { key: range.key.length === 0 ? zero : range.key, rangeEnd: range.rangeEnd }
}

export function watchRange(key: Uint8Array, rangeEnd: Uint8Array = noBytes): WatchRange {
  const start = asBuffer(key).toString('latin1')
  if (rangeEnd.length === 0) return { start, end: undefined }
  return { start, end: isOpenEnd(rangeEnd) ? noEnd : asBuffer(rangeEnd).toString('latin1') }
}

/** Whether no key can be in the range. */
export function isEmptyWatchRange({ start, end }: WatchRange): boolean {
  return end !== undefined && end !== noEnd && end <= start
}
