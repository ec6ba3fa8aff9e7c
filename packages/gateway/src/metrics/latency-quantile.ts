import { latencyBoundsMs } from './metric-family.ts'

/**
 * The latency in milliseconds that a share of the requests between two looks did not exceed: 0.5 for the median. Taken
 * from the buckets of a histogram, evenly within the one that it falls into. `undefined` when there was no request.
 */
export function latencyQuantileMs(
  before: readonly number[] | undefined,
  now: readonly number[] | undefined,
  share: number,
): number | undefined {
  // A histogram begins with the sum and the count.
  const count = (now?.[1] ?? 0) - (before?.[1] ?? 0)
  if (count <= 0) return undefined
  const wanted = share * count
  let below = 0
  let fromMs = 0
  for (const [index, toMs] of latencyBoundsMs.entries()) {
    const inside = (now?.[index + 2] ?? 0) - (before?.[index + 2] ?? 0)
    if (inside > 0 && below + inside >= wanted) return fromMs + ((wanted - below) / inside) * (toMs - fromMs)
    below += inside
    fromMs = toMs
  }
  return fromMs
}
