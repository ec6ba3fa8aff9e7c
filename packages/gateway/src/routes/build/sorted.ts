/** How many are sorted at once. */
const runLength = 64

/** Sorts a copy of a list, stably, with places between which other work may be done: a merge sort from short runs. */
export function* sorted<T>(list: readonly T[], compare: (a: T, b: T) => number): Generator<void, readonly T[]> {
  let runs: (readonly T[])[] = []
  for (let at = 0; at < list.length; at += runLength) {
    runs.push(list.slice(at, at + runLength).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(yield* mergeRuns(runs[at] ?? [], runs[at + 1] ?? [], compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

function* mergeRuns<T>(
  first: readonly T[],
  second: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, readonly T[]> {
  const merged: T[] = []
  const waiting = second.values()
  let next = waiting.next()
  for (const item of first) {
    while (!next.done && compare(next.value, item) < 0) {
      merged.push(next.value)
      next = waiting.next()
    }
    merged.push(item)
    if (merged.length % runLength === 0) yield
  }
  for (; !next.done; next = waiting.next()) merged.push(next.value)
  return merged
}
