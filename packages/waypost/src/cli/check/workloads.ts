export interface Workload {
  readonly putsPerSecond: number
  /** So many puts at a time at most. */
  readonly inFlight: number
}

export type WorkloadName = 's' | 'm' | 'l' | 'xl'

/** Source: `etcdctl check perf`. */
export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  s: { putsPerSecond: 150, inFlight: 50 },
  m: { putsPerSecond: 1_000, inFlight: 200 },
  l: { putsPerSecond: 8_000, inFlight: 500 },
  xl: { putsPerSecond: 15_000, inFlight: 1_000 },
}

export const keyBytes = 256
export const valueBytes = 1_024
