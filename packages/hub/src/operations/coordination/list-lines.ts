import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { placeJson, placeSchema } from './place-schema.ts'
import { type Place, readLine } from './places.ts'

/** A name and a lease in hexadecimal. */
const placePattern = /^(.+)\/[0-9a-f]{6,16}$/s

/** The most keys that are looked at; with more, name a prefix. */
const maxLooked = 100_000

export const listLocks = defineOperation({
  id: 'coordination.locks',
  method: 'GET',
  path: '/v1/locks',
  tag: 'Coordination',
  summary: 'List locks and elections',
  description:
    'Both have etcd’s own layout, `<name>/<lease>`, so they look alike: every key that is named after the lease that it is attached to.',
  permission: [{ access: 'read', prefix: '{prefix}' }],
  query: object({
    prefix: Type.Optional(
      Type.String({ maxLength: 1_024, description: 'Only names that start with it. Default all.' }),
    ),
    search,
    ...paging,
  }),
  responses: {
    200: json(
      'A page of lines, by name.',
      object({
        lines: Type.Array(
          object({
            name: Type.String(),
            holder: placeSchema,
            waiting: Type.Integer({ description: 'How many wait.' }),
          }),
        ),
        next,
      }),
    ),
  },
  example: { query: { prefix: 'billing' } },
  async handler({ caller: { etcd }, signal }, { query }) {
    const { prefix = '' } = query
    const names = new Set<string>()
    let looked = 0
    const range = prefix === '' ? ({ all: true } as const) : { prefix }
    // A list of keys alone does not tell their leases: what looks like a place is looked at when it is shown.
    for await (const { key } of etcd.kv.list(range, { keysOnly: true, signal })) {
      looked += 1
      if (looked > maxLooked) break
      const [, name] = placePattern.exec(key) ?? []
      if (name !== undefined && !isOwn(name) && contains(query.search, name)) names.add(name)
    }
    const page = pageOf([...names], (name) => name, query)
    const lines = await Promise.all(
      page.items.map(async (name) => {
        const [holder, ...waiting] = (await readLine(etcd, name, signal)).filter(isPlace)
        return holder === undefined ? [] : [{ name, holder: placeJson(holder), waiting: waiting.length }]
      }),
    )
    return { status: 200, body: { lines: lines.flat(), next: page.next } }
  },
})

/** Documents, records and instances are no places, whatever they are called. */
function isOwn(name: string): boolean {
  return /^\/(?:config|services|waypost\/(?:config|services|audit))\//.test(`${name}/`)
}

function isPlace({ key, lease }: Place): boolean {
  return lease !== 0n && key.endsWith(`/${BigInt.asUintN(64, lease).toString(16)}`)
}
