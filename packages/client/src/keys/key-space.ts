import { isUint8Array } from 'node:util/types'
import { invalidArgument } from '@waypost/core'
import type * as wire from '@waypost/protocol'
import { inNamespace, type KeyRange, prefixRange, singleKey } from '@waypost/protocol'
import { bytesOf } from './bytes.ts'
import type { Key, RangeSelector } from './key.ts'
import { KeyValue } from './key-value.ts'

const noBytes = Buffer.alloc(0)
const zero = Buffer.from([0])

/** Translates between the caller's keys and the store's, which carry the client's namespace in front. */
export class KeySpace {
  readonly prefix: Buffer

  constructor(namespace = '') {
    this.prefix = Buffer.from(namespace)
  }

  /** A key as it stands in the store. */
  key(key: Key): Uint8Array {
    const bytes = bytesOf(key, 'A key')
    if (bytes.length === 0) throw invalidArgument('A key must not be empty.')
    return this.prefix.length === 0 ? bytes : Buffer.concat([this.prefix, bytes])
  }

  range(selector: RangeSelector): KeyRange {
    checkSelector(selector)
    if ('key' in selector) return singleKey(this.key(selector.key))
    return inNamespace(this.prefix, plainRange(selector))
  }

  /** One key or a range. */
  target(target: Key | RangeSelector): KeyRange {
    return typeof target === 'string' || isUint8Array(target) ? singleKey(this.key(target)) : this.range(target)
  }

  /** The range of a deletion. An empty prefix is refused: it is more often a mistake than intended. */
  deletionRange(target: Key | RangeSelector): KeyRange {
    const range = this.target(target)
    if (typeof target === 'object' && 'prefix' in target && target.prefix.length === 0) {
      throw invalidArgument('An empty prefix would delete every key. To delete every key, write { all: true }.')
    }
    return range
  }

  /** A key of the store as the caller knows it; undefined for one outside the namespace. */
  strip(key: Uint8Array): string | undefined {
    const { prefix } = this
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
    return bytes.subarray(0, prefix.length).equals(prefix) ? bytes.toString('utf8', prefix.length) : undefined
  }

  keyValue(raw: wire.KeyValue): KeyValue {
    return new KeyValue(raw, this.prefix.length)
  }
}

/** Programs without types may ask for nothing that there is, or for two things at once. */
function checkSelector(selector: RangeSelector): void {
  const isObject = typeof selector === 'object' && selector !== null
  const named = isObject ? ['key', 'prefix', 'from', 'all'].filter((name) => name in selector) : []
  if (named.length === 1) return
  const given = isObject ? `{ ${Object.keys(selector).join(', ')} }` : typeof selector
  throw invalidArgument(`A range is { key }, { prefix }, { from, to } or { all: true }, not ${given}.`)
}

function plainRange(selector: Exclude<RangeSelector, { key: Key }>): KeyRange {
  if ('prefix' in selector) return prefixRange(bytesOf(selector.prefix, 'A prefix'))
  if ('from' in selector) {
    const from = bytesOf(selector.from, 'The beginning of a range')
    const key = from.length === 0 ? zero : from
    if (selector.to === undefined) return { key, rangeEnd: zero }
    const rangeEnd = bytesOf(selector.to, 'The end of a range')
    // On the wire an empty end means one key, and a zero byte no end; here both end before the first key.
    if (rangeEnd.length === 0 || Buffer.compare(rangeEnd, zero) === 0) return { key, rangeEnd: key }
    return { key, rangeEnd }
  }
  if (selector.all === true) return prefixRange(noBytes)
  throw invalidArgument('For every key write { all: true }.')
}
