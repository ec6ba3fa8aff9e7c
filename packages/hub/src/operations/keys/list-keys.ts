import type { EtcdClient, KeyValue } from '@waypost/client'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { contains, next, paging, search } from '../shared/paging.ts'
import { keyJson, keySchema, valueJson } from './key-schema.ts'
import { atRevision, revisionOf } from './parameters.ts'

/** A value in a list is cut to this; `keys.read` has all of it. */
const maxShownBytes = 2_048

export const listKeys = defineOperation({
  id: 'keys.list',
  method: 'GET',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'List keys',
  description:
    'The keys that start with a prefix, in order; with `level`, only entries directly below it: a slash ends a folder. ' +
    'The pages of a list at a `revision` belong together.',
  permission: [{ access: 'read', prefix: '{prefix}' }],
  problems: ['compacted', 'future-revision'],
  query: object({
    prefix: Type.Optional(Type.String({ maxLength: 8_192, description: 'Default all keys.' })),
    level: Type.Optional(Type.Boolean({ description: 'Only entries directly below the prefix. Default false.' })),
    values: Type.Optional(Type.Boolean({ description: 'With values, each cut to 2 KiB. Default false.' })),
    revision: atRevision,
    search,
    ...paging,
  }),
  responses: {
    200: json(
      'A page of keys.',
      object({
        revision: digits('The revision of the list.'),
        count: Type.Integer({ description: 'How many keys start with the prefix.' }),
        folders: Type.Array(
          object({ prefix: Type.String(), keys: Type.Integer({ description: 'How many keys are below it.' }) }),
        ),
        keys: Type.Array(keySchema),
        next,
      }),
    ),
  },
  example: { query: { prefix: '/services/', level: 'true' } },
  async handler({ caller: { etcd }, signal }, { query }) {
    const { prefix = '', level = false, values = false, search: wanted, limit = 100, cursor } = query
    const at = revisionOf(query.revision)
    const range = prefix === '' ? { from: cursor ?? '\0' } : { from: cursor ?? prefix, to: endOf(prefix) }
    const whole = prefix === '' ? ({ all: true } as const) : { prefix }
    const { count, revision } = await etcd.kv.range(whole, { limit: 1, keysOnly: true, ...at, signal })
    const page = level
      ? await levelOf(etcd, { prefix, range, values, at, limit }, signal)
      : await flatPage(etcd, { range, values, at, limit, wanted }, signal)
    return {
      status: 200,
      body: {
        revision: String(at.revision ?? revision),
        count: Number(count),
        folders: page.folders.filter((folder) => contains(wanted, folder.prefix)),
        keys: page.kvs
          .filter(({ key }) => contains(wanted, key))
          .map((kv) => ({ ...keyJson(kv), ...(values ? valueJson(kv.bytes, maxShownBytes) : {}) })),
        next: page.next,
      },
    }
  },
})

interface Page {
  readonly folders: readonly { readonly prefix: string; readonly keys: number }[]
  readonly kvs: readonly KeyValue[]
  readonly next: string | undefined
}

interface Asked {
  readonly range: { readonly from: string; readonly to?: string }
  readonly values: boolean
  readonly at: { readonly revision?: bigint }
  readonly limit: number
}

/** The most keys that are looked at for one page of a search. */
const maxSearched = 50_000

async function flatPage(
  etcd: EtcdClient,
  { range, values, at, limit, wanted }: Asked & { readonly wanted: string | undefined },
  signal: AbortSignal,
): Promise<Page> {
  const kvs: KeyValue[] = []
  let looked = 0
  for await (const kv of etcd.kv.list(range, {
    keysOnly: !values,
    pageSize: wanted === undefined ? limit + 1 : 1_000,
    ...at,
    signal,
  })) {
    if (kvs.length === limit || looked === maxSearched) return { folders: [], kvs, next: kv.key }
    looked += 1
    if (contains(wanted, kv.key)) kvs.push(kv)
  }
  return { folders: [], kvs, next: undefined }
}

/** Folders are jumped over: a level costs as many requests as it has folders. */
async function levelOf(
  etcd: EtcdClient,
  { prefix, range, values, at, limit }: Asked & { readonly prefix: string },
  signal: AbortSignal,
): Promise<Page> {
  const folders: { prefix: string; keys: number }[] = []
  const kvs: KeyValue[] = []
  let from = range.from
  for (;;) {
    const page = await etcd.kv.range({ ...range, from }, { limit: limit + 1, keysOnly: !values, ...at, signal })
    let jumped = false
    for (const kv of page.kvs) {
      if (folders.length + kvs.length === limit) return { folders, kvs, next: kv.key }
      // A slash at the very beginning is part of a name: `/services/` lies at the top.
      const slash = kv.key.indexOf('/', Math.max(prefix.length, prefix === '' ? 1 : 0))
      if (slash < 0) {
        kvs.push(kv)
        from = `${kv.key}\0`
        continue
      }
      const folder = kv.key.slice(0, slash + 1)
      folders.push({ prefix: folder, keys: Number(await etcd.kv.count({ prefix: folder }, { ...at, signal })) })
      from = endOf(folder)
      jumped = true
      break
    }
    if (!jumped && !page.more) return { folders, kvs, next: undefined }
    if (range.to !== undefined && from >= range.to) return { folders, kvs, next: undefined }
  }
}

/** The least text after all that begins with a prefix. */
function endOf(prefix: string): string {
  const last = prefix.codePointAt(prefix.length - 1) ?? 0
  return prefix.slice(0, -1) + String.fromCodePoint(last + 1)
}
