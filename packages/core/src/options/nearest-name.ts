const maxLength = 64

/**
 * The known name that somebody most likely meant: one that differs by a few letters, or that the given name begins or
 * is the beginning of, as `timeout` is of `timeoutMs`. Undefined when none is near.
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const wanted = given.slice(0, maxLength).toLowerCase()
  let nearest: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const candidate = name.slice(0, maxLength).toLowerCase()
    const isPart = wanted.length > 2 && (candidate.startsWith(wanted) || wanted.startsWith(candidate))
    const distance = isPart ? 1 : editDistance(wanted, candidate)
    const limit = isPart ? 1 : Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3))
    if (distance > limit || distance >= least) continue
    nearest = name
    least = distance
  }
  return nearest
}

/** The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
