import type { Workload } from './workloads.ts'

export interface PutLatencies {
  /** Of each put that succeeded, in milliseconds. */
  readonly answeredMs: readonly number[]
  /** How often each error came. */
  readonly errors: ReadonlyMap<string, number>
  readonly elapsedMs: number
}

/** Source of the limits, and of the words: `etcdctl check perf`. */
const minShareOfRate = 0.9
const maxSlowestMs = 500
const maxDeviationMs = 100

/** What etcdctl says of a store that has been put to. */
export function verdict(
  { answeredMs, errors, elapsedMs }: PutLatencies,
  { putsPerSecond }: Workload,
): { readonly lines: readonly string[]; readonly passed: boolean } {
  const rate = answeredMs.length / (elapsedMs / 1_000)
  const slowestMs = answeredMs.reduce((slowest, ms) => Math.max(slowest, ms), 0)
  const deviationMs = deviation(answeredMs)
  const hasRate = rate / putsPerSecond > minShareOfRate
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(6)}s`
  const lines = [
    ...(errors.size === 0 ? [] : ['FAIL: too many errors']),
    ...[...errors].map(([error, count]) => `FAIL: ERROR(${error}) -> ${count}`),
    `${hasRate ? 'PASS: Throughput is' : 'FAIL: Throughput too low:'} ${Math.floor(rate) + 1} writes/s`,
    slowestMs > maxSlowestMs
      ? `Slowest request took too long: ${seconds(slowestMs)}`
      : `PASS: Slowest request took ${seconds(slowestMs)}`,
    deviationMs > maxDeviationMs
      ? `Stddev too high: ${seconds(deviationMs)}`
      : `PASS: Stddev is ${seconds(deviationMs)}`,
  ]
  const passed = errors.size === 0 && hasRate && slowestMs <= maxSlowestMs && deviationMs <= maxDeviationMs
  return { lines: [...lines, passed ? 'PASS' : 'FAIL'], passed }
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
