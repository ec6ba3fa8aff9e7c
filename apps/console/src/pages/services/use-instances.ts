import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { call, type ResultOf } from '../../api/call.ts'
import { readPages } from '../../api/read-pages.ts'

type Instances = ResultOf<'names.list'>

/** As many as the hub gives at once, and as many of such pages as a table holds without effort. */
const limit = 1_000
const maxPages = 10

/** All instances of a service, live. `next` is there when there are more than 10,000. */
export function useInstances(name: string): UseQueryResult<Instances> {
  return useQuery({
    queryKey: ['names.list', name],
    queryFn: ({ signal }) =>
      readPages<Instances>(
        maxPages,
        (cursor) =>
          call(
            'names.list',
            { params: { name }, query: { status: 'any', limit, ...(cursor === undefined ? {} : { cursor }) } },
            signal,
          ),
        (before, page) => ({ ...page, instances: [...before.instances, ...page.instances] }),
      ),
    placeholderData: keepPreviousData,
    meta: { topics: [`services/${name}`, 'waypost/services/overrides'] },
  })
}
