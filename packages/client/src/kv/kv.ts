import type { Slices } from '@waypost/core'
import { checkOptions, checkOptionsIfGiven } from '@waypost/core/options'
import type * as wire from '@waypost/protocol'
import { KV } from '@waypost/protocol'
import { toInt64 } from '../keys/int64.ts'
import type { Int64, Key, RangeSelector } from '../keys/key.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { KeyValue } from '../keys/key-value.ts'
import type { Caller } from '../link/caller.ts'
import { fromHere } from '../link/errors.ts'
import { GetBatcher } from './get-batcher.ts'
import { KeyValueList } from './key-value-list.ts'
import {
  type CompactOptions,
  type CountOptions,
  compactOptionKinds,
  countOptionKinds,
  type DeleteOptions,
  type DeleteResult,
  deleteOptionKinds,
  type GetOptions,
  getOptionKinds,
  type ListOptions,
  listOptionKinds,
  type PutOptions,
  type PutResult,
  putOptionKinds,
  type RangeOptions,
  type RangePage,
  rangeOptionKinds,
} from './kv-options.ts'
import { deleteRequest, getRequest, putRequest, rangeRequest, readSpec } from './kv-request.ts'
import { deleteResult, putResult, rangePage, revisionOf } from './kv-response.ts'

/** Reads and writes keys. */
export class Kv {
  readonly #caller: Caller
  readonly #space: KeySpace
  readonly #slices: Slices
  readonly #batcher: GetBatcher

  /** @internal */
  constructor(caller: Caller, space: KeySpace, slices: Slices) {
    this.#caller = caller
    this.#space = space
    this.#slices = slices
    this.#batcher = new GetBatcher(caller)
  }

  /**
   * Writes a key.
   *
   * @example
   * ```ts
   * const { previous } = await etcd.kv.put('/orders/1', 'paid', { prevKv: true })
   * console.log(previous) // undefined
   * ```
   */
  async put(key: Key, value: string | Uint8Array, options?: PutOptions): Promise<PutResult> {
    checkOptionsIfGiven('kv.put', options, putOptionKinds)
    const request = putRequest(this.#space.key(key), value, options)
    const response = await this.#caller.call(KV.put, request, 'write', options)
    return putResult(response, revisionOf(response.header), this.#space)
  }

  /**
   * Reads one key; `undefined` when it does not exist. Plain reads of the same turn travel together.
   *
   * @example
   * ```ts
   * await etcd.kv.put('/users/ada', JSON.stringify({ name: 'Ada' }))
   * console.log((await etcd.kv.get('/users/ada'))?.json()) // { name: 'Ada' }
   * console.log(await etcd.kv.get('/users/nobody')) // undefined
   * ```
   */
  async get(key: Key, options?: GetOptions): Promise<KeyValue | undefined> {
    checkOptionsIfGiven('kv.get', options, getOptionKinds)
    const bytes = this.#space.key(key)
    let raw: wire.KeyValue | undefined
    try {
      raw = options === undefined ? await this.#batcher.get(bytes) : await this.#getAlone(bytes, options)
    } catch (error) {
      throw fromHere(error)
    }
    return raw === undefined ? undefined : this.#space.keyValue(raw)
  }

  /**
   * Deletes a key, or a range of keys in one change. An empty prefix is refused: say `{ all: true }`.
   *
   * @example
   * ```ts
   * await etcd.kv.put('/sessions/1', 'x')
   * const { deleted } = await etcd.kv.delete({ prefix: '/sessions/' })
   * console.log(deleted) // 1
   * ```
   */
  async delete(target: Key | RangeSelector, options?: DeleteOptions): Promise<DeleteResult> {
    checkOptionsIfGiven('kv.delete', options, deleteOptionKinds)
    const request = deleteRequest(this.#space.deletionRange(target), options)
    const response = await this.#caller.call(KV.deleteRange, request, 'write', options)
    return deleteResult(response, revisionOf(response.header), this.#space)
  }

  /**
   * Reads a range of keys, page by page, all as of one revision.
   * `for await` takes them one by one with bounded memory; `toArray()` takes all.
   *
   * @example
   * ```ts
   * await etcd.kv.put('/items/a', '1')
   * for await (const { key, version } of etcd.kv.list({ prefix: '/items/' })) console.log(key, version) // /items/a 1n
   * const all = await etcd.kv.list({ prefix: '/items/' }).toArray()
   * console.log(all.length) // 1
   * ```
   */
  list(range: RangeSelector, options: ListOptions = {}): KeyValueList {
    checkOptions('kv.list', options, listOptionKinds)
    return new KeyValueList(this.#caller, this.#space, this.#space.range(range), options, this.#slices)
  }

  /**
   * Reads a range of keys in one answer.
   *
   * @example
   * ```ts
   * for (const name of ['a', 'b', 'c']) await etcd.kv.put(`/letters/${name}`, name)
   * const { kvs, count, more } = await etcd.kv.range({ prefix: '/letters/' }, { limit: 2 })
   * console.log(kvs.length, count, more) // 2 3n true
   * ```
   */
  async range(range: RangeSelector, options: RangeOptions = {}): Promise<RangePage> {
    checkOptions('kv.range', options, rangeOptionKinds)
    const request = rangeRequest(this.#space.range(range), options)
    const response = await this.#caller.call(KV.range, request, 'read', readSpec(options))
    return rangePage(response, revisionOf(response.header), this.#space)
  }

  /**
   * How many keys are in the range.
   *
   * @example
   * ```ts
   * await etcd.kv.put('/items/a', '1')
   * console.log(await etcd.kv.count({ prefix: '/items/' })) // 1n
   * ```
   */
  async count(range: RangeSelector, options: CountOptions = {}): Promise<bigint> {
    checkOptions('kv.count', options, countOptionKinds)
    const request = rangeRequest(this.#space.range(range), options)
    request.countOnly = true
    const response = await this.#caller.call(KV.range, request, 'read', readSpec(options))
    return response.count
  }

  /** Forgets the history before `revision`. Reads and watches that need it fail with `compacted` from then on. */
  async compact(revision: Int64, options?: CompactOptions): Promise<void> {
    checkOptionsIfGiven('kv.compact', options, compactOptionKinds)
    const request = { revision: toInt64(revision, 'revision'), physical: options?.physical === true }
    await this.#caller.call(KV.compact, request, 'write', options)
  }

  async #getAlone(key: Uint8Array, options: GetOptions): Promise<wire.KeyValue | undefined> {
    const response = await this.#caller.call(KV.range, getRequest(key, options), 'read', readSpec(options))
    return response.kvs[0]
  }
}
