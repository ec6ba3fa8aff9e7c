import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { call, type InputOf, type ResultOf } from '../../api/call.ts'
import { readPages } from '../../api/read-pages.ts'
import { topicsOf } from '../../api/topic-of.ts'

export type ListedKeys = ResultOf<'keys.list'>

/** As many as the hub gives at once. */
const limit = 1_000

/** Who may not read every key is told of changes below Waypost's own folders only; the others are read again this often. */
const againMs = 15_000

/** A number of pages of the keys below a prefix, live; as of a revision that is given, they stay as they are. */
export function useKeys(query: InputOf<'keys.list'>['query'] & object, pages: number): UseQueryResult<ListedKeys> {
  const { prefix = '', revision } = query
  return useQuery({
    queryKey: ['keys.list', { ...query, prefix }, pages] as const,
    queryFn: ({ signal }) =>
      readPages<ListedKeys>(
        pages,
        (cursor) =>
          call('keys.list', { query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) } }, signal),
        (before, page) => ({
          ...page,
          folders: [...before.folders, ...page.folders],
          keys: [...before.keys, ...page.keys],
        }),
      ),
    // Keys below one prefix are not shown below another, not for a moment.
    placeholderData: (before, earlier) => (earlier?.queryKey[1].prefix === prefix ? before : undefined),
    refetchInterval: revision === undefined && topicsOf(prefix)[0]?.startsWith('keys/') ? againMs : false,
    meta: { topics: revision === undefined ? topicsOf(prefix) : [] },
  })
}
