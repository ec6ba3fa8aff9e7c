/** Runs of this length are sorted in one go. */
const runLength = 512
/** Elements that are merged before the work can be interrupted. */
const mergedPerStep = 1_024

/** Sorts stably, with places at which it can be interrupted. May use `items` itself for the result. */
export function* mergeSort<T>(items: T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  if (items.length <= runLength) return items.sort(compare)
  let from: T[] = []
  for (let start = 0; start < items.length; start += runLength) {
    for (const item of items.slice(start, start + runLength).sort(compare)) from.push(item)
    yield
  }
  for (let width = runLength; width < from.length; width *= 2) {
    const to: T[] = []
    for (let start = 0; start < from.length; start += width * 2)
      yield* merge(
        from,
        start,
        Math.min(start + width, from.length),
        Math.min(start + width * 2, from.length),
        to,
        compare,
      )
    from = to
  }
  return from
}

/** Merges [start, middle) and [middle, end) of `from` behind what is in `to`. */
function* merge<T>(
  from: readonly T[],
  start: number,
  middle: number,
  end: number,
  to: T[],
  compare: (a: T, b: T) => number,
): Generator<void> {
  let left = start
  let right = middle
  for (let count = start; count < end; count++) {
    const takesLeft = right >= end || (left < middle && compare(from[left] as T, from[right] as T) <= 0)
    to.push(from[takesLeft ? left++ : right++] as T)
    if (count % mergedPerStep === mergedPerStep - 1) yield
  }
}
