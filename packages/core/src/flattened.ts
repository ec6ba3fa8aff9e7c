/** The items of a source of lists, one by one. */
export function flattened<T>(source: AsyncIterableIterator<readonly T[]>): AsyncIterableIterator<T> {
  let taken: readonly T[] = []
  let next = 0
  return {
    async next() {
      for (;;) {
        if (next < taken.length) {
          const value = taken[next] as T
          next += 1
          return { value, done: false }
        }
        const result = await source.next()
        if (result.done) return { value: undefined, done: true }
        taken = result.value
        next = 0
      }
    },
    async return() {
      taken = []
      await source.return?.()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
