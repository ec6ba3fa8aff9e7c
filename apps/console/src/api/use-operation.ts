import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import { call, type InputOf, type OperationId, type ResultOf } from './call.ts'
import { queryClient } from './live-queries.ts'

/**
 * Reads, and reads again when one of the topics changes. `undefined` as the input waits. `everyMs` is for what changes
 * without a change of keys.
 */
export function useOperation<Id extends OperationId>(
  id: Id,
  input: InputOf<Id> | undefined,
  topics: readonly string[] = [],
  { everyMs }: { readonly everyMs?: number } = {},
): UseQueryResult<ResultOf<Id>> {
  return useQuery({
    queryKey: [id, input],
    queryFn: async ({ signal }) => {
      if (input === undefined) throw new Error('A query without input is not read.')
      // A query must have a value, also when the answer is empty.
      return (await call(id, input, signal)) ?? null
    },
    enabled: input !== undefined,
    // A list stays while one searches on. What the hub says of a text is not said of another one.
    ...(input?.body === undefined ? { placeholderData: keepPreviousData } : {}),
    meta: { topics },
    refetchInterval: everyMs ?? false,
  }) as UseQueryResult<ResultOf<Id>>
}

/** Begins to read what a page will ask for, before its code is there. What goes wrong is shown by whoever asks then. */
export async function readAhead<Id extends OperationId>(id: Id, input: InputOf<Id>): Promise<void> {
  await queryClient.prefetchQuery({
    queryKey: [id, input],
    queryFn: async ({ signal }) => (await call(id, input, signal)) ?? null,
  })
}

/** A change. What it changed comes back through the stream; nothing is guessed in between. */
export function useChange<Id extends OperationId>(
  id: Id,
  options: { onDone?: (result: ResultOf<Id>, input: InputOf<Id>) => void } = {},
): UseMutationResult<ResultOf<Id>, Error, InputOf<Id>> {
  return useMutation({
    mutationFn: (input: InputOf<Id>) => call(id, input),
    onSuccess: (result, input) => options.onDone?.(result, input),
  })
}
