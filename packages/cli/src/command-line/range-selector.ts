import type { Key, RangeSelector } from '@waypost/client'
import { UsageError } from './exit-codes.ts'

export interface RangeOptions {
  readonly prefix?: boolean | undefined
  readonly fromKey?: boolean | undefined
}

/** The keys that `<key> [end] --prefix --from-key` name. */
export function rangeSelector(key: Key, end: Key | undefined, options: RangeOptions): RangeSelector {
  if (options.prefix && options.fromKey) throw new UsageError('Give --prefix or --from-key, not both.')
  if (end !== undefined && (options.prefix || options.fromKey)) {
    throw new UsageError('A range end goes with neither --prefix nor --from-key.')
  }
  if (options.prefix) return key.length === 0 ? { all: true } : { prefix: key }
  if (options.fromKey) return key.length === 0 ? { all: true } : { from: key }
  return end === undefined ? { key } : { from: key, to: end }
}

/** The part behind the key that names the same range on the command line. */
export function rangeWords(end: string | undefined, { prefix, fromKey }: RangeOptions): string | undefined {
  if (prefix) return '--prefix'
  return fromKey ? '--from-key' : end
}
