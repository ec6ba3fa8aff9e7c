import type { KeyValue } from './key-value.ts'
import type { RangePage } from './kv-options.ts'

/** A range of keys as of one revision, fetched page by page as it is read. Every iteration reads it anew. */
export class KeyValueList implements AsyncIterable<KeyValue> {
  [Symbol.asyncIterator](): AsyncGenerator<KeyValue, void, undefined> {
    throw new Error('not written yet')
  }

  /** The pages as they come. `revision` is that of the list: the same on every page. */
  pages(): AsyncGenerator<RangePage, void, undefined> {
    throw new Error('not written yet')
  }

  toArray(): Promise<KeyValue[]> {
    throw new Error('not written yet')
  }
}
