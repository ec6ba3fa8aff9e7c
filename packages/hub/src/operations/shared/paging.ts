import Type from 'typebox'

/** The parameters of every list that comes in pages. */
export const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000, description: 'The maximum number of entries. Default 100.' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 4_096, description: '`next` of the page before.' })),
} as const

/** The field that every page has. */
export const next = Type.Optional(
  Type.String({
    description: 'Where the next page begins: the `cursor` of the next request. Absent on the last page.',
  }),
)

export const search = Type.Optional(
  Type.String({
    maxLength: 255,
    description: 'Only entries that contain this text; capital letters count as small ones.',
  }),
)

/** Whether one of some texts contains what is searched for. */
export function contains(wanted: string | undefined, ...texts: readonly (string | undefined)[]): boolean {
  if (wanted === undefined || wanted === '') return true
  const folded = wanted.toLowerCase()
  return texts.some((text) => text?.toLowerCase().includes(folded))
}

/** A page of a list that is whole in memory, by a text that orders it. */
export function pageOf<T>(
  items: readonly T[],
  orderOf: (item: T) => string,
  { limit = 100, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
): { readonly items: readonly T[]; readonly next?: string } {
  const sorted = items.toSorted((a, b) => compare(orderOf(a), orderOf(b)))
  const rest = cursor === undefined ? sorted : sorted.filter((item) => compare(orderOf(item), cursor) > 0)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return rest.length > limit && last !== undefined ? { items: page, next: orderOf(last) } : { items: page }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
