import type { CallOptions } from '@waypost/core'
import type { Int64, Key, RangeSelector } from './key.ts'
import type { KeyValue } from './key-value.ts'
import type {
  CompactOptions,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  ListOptions,
  PutOptions,
  PutResult,
  RangeOptions,
  RangePage,
} from './kv-options.ts'
import type { KeyValueList } from './list.ts'

/** Reads and writes keys. */
export class Kv {
  /** Writes a key. */
  put(_key: Key, _value: string | Uint8Array, _options?: PutOptions): Promise<PutResult> {
    throw new Error('not written yet')
  }

  /** Reads one key; `undefined` when it does not exist. */
  get(_key: Key, _options?: GetOptions): Promise<KeyValue | undefined> {
    throw new Error('not written yet')
  }

  /** Deletes a key, or a range of keys in one change. An empty prefix is refused: say `{ all: true }`. */
  delete(_target: Key | RangeSelector, _options?: DeleteOptions): Promise<DeleteResult> {
    throw new Error('not written yet')
  }

  /**
   * Reads a range of keys, page by page, all as of one revision.
   * `for await` takes them one by one with bounded memory; `toArray()` takes all.
   */
  list(_range: RangeSelector, _options?: ListOptions): KeyValueList {
    throw new Error('not written yet')
  }

  /** Reads a range of keys in one answer. */
  range(_range: RangeSelector, _options?: RangeOptions): Promise<RangePage> {
    throw new Error('not written yet')
  }

  /** How many keys are in the range. */
  count(
    _range: RangeSelector,
    _options?: CallOptions & { readonly revision?: Int64 | undefined; readonly serializable?: boolean | undefined },
  ): Promise<bigint> {
    throw new Error('not written yet')
  }

  /** Forgets the history before `revision`. Reads and watches that need it fail with `compacted` from then on. */
  compact(_revision: Int64, _options?: CompactOptions): Promise<void> {
    throw new Error('not written yet')
  }
}
