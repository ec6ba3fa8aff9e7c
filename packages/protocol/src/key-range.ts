/**
 * A range of keys as it stands in requests. `rangeEnd` empty: the one key `key`;
 * a single zero byte: every key from `key` on; otherwise the keys in [key, rangeEnd).
 */
export interface KeyRange {
  readonly key: Uint8Array
  readonly rangeEnd: Uint8Array
}

const none = Buffer.alloc(0)
const zero = Buffer.from([0])

/** Every key there is. etcd has no empty key, so the range starts at the zero byte. */
export const everyKey: KeyRange = Object.freeze({ key: zero, rangeEnd: zero })

export function singleKey(key: Uint8Array): KeyRange {
  return { key, rangeEnd: none }
}

/** The keys that start with `prefix`; every key for an empty prefix. */
export function prefixRange(prefix: Uint8Array): KeyRange {
  return prefix.length === 0 ? everyKey : { key: prefix, rangeEnd: prefixEnd(prefix) }
}

/**
 * The least key that is greater than every key with this prefix: the prefix with its last byte that is
 * not 0xff raised by one, and what follows cut off. When there is none, a zero byte, which means "no end".
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix[last] ?? 0xff
    if (byte < 0xff) {
      const end = Buffer.from(prefix.subarray(0, last + 1))
      end[last] = byte + 1
      return end
    }
  }
  return zero
}

/** The keys in `prefix` + range, for a range that is meant inside a namespace. */
export function inNamespace(prefix: Uint8Array, range: KeyRange): KeyRange {
  if (prefix.length === 0) return range
  const key = Buffer.concat([prefix, range.key])
  if (range.rangeEnd.length === 0) return { key, rangeEnd: none }
  if (isOpenEnd(range.rangeEnd)) return { key, rangeEnd: prefixEnd(prefix) }
  return { key, rangeEnd: Buffer.concat([prefix, range.rangeEnd]) }
}

export function isSingleKey(range: KeyRange): boolean {
  return range.rangeEnd.length === 0
}

/** Whether the end means "no end". */
export function isOpenEnd(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0
}

/** Whether no key can be in the range: its end is not above its start. */
export function isEmptyRange(range: KeyRange): boolean {
  if (isSingleKey(range) || isOpenEnd(range.rangeEnd)) return false
  return Buffer.compare(range.rangeEnd, range.key) <= 0
}

export function rangeContains(range: KeyRange, key: Uint8Array): boolean {
  if (isSingleKey(range)) return Buffer.compare(range.key, key) === 0
  if (Buffer.compare(key, range.key) < 0) return false
  return isOpenEnd(range.rangeEnd) || Buffer.compare(key, range.rangeEnd) < 0
}

/** Whether every key of `inner` is in `outer`. An empty range is in every range. */
export function rangeCovers(outer: KeyRange, inner: KeyRange): boolean {
  if (isEmptyRange(inner)) return true
  if (isSingleKey(inner)) return rangeContains(outer, inner.key)
  if (isSingleKey(outer))
    return Buffer.compare(inner.key, outer.key) === 0 && Buffer.compare(inner.rangeEnd, after(outer.key)) === 0
  if (Buffer.compare(inner.key, outer.key) < 0) return false
  if (isOpenEnd(outer.rangeEnd)) return true
  return !isOpenEnd(inner.rangeEnd) && Buffer.compare(inner.rangeEnd, outer.rangeEnd) <= 0
}

export function rangesIntersect(a: KeyRange, b: KeyRange): boolean {
  if (isEmptyRange(a) || isEmptyRange(b)) return false
  if (isSingleKey(a)) return rangeContains(b, a.key)
  if (isSingleKey(b)) return rangeContains(a, b.key)
  return startsBeforeEnd(a, b) && startsBeforeEnd(b, a)
}

function startsBeforeEnd(a: KeyRange, b: KeyRange): boolean {
  return isOpenEnd(b.rangeEnd) || Buffer.compare(a.key, b.rangeEnd) < 0
}

/** The next key in byte order. */
function after(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, zero])
}
