import { InvalidArgumentError } from 'commander'

export interface Workload {
  readonly putsPerSecond: number
  /** The most puts at a time. */
  readonly inFlight: number
}

const small: Workload = { putsPerSecond: 150, inFlight: 50 }
const medium: Workload = { putsPerSecond: 1_000, inFlight: 200 }
const large: Workload = { putsPerSecond: 8_000, inFlight: 500 }
const xLarge: Workload = { putsPerSecond: 15_000, inFlight: 1_000 }

/** Source of names and numbers: `etcdctl check perf`. */
const workloads: Readonly<Record<string, Workload>> = {
  ...{ s: small, m: medium, l: large, xl: xLarge },
  ...{ small, medium, large, xLarge },
}

export const defaultWorkload = small

export function parseWorkload(name: string): Workload {
  const workload = Object.hasOwn(workloads, name) ? workloads[name] : undefined
  if (workload === undefined) throw new InvalidArgumentError(`It is one of ${Object.keys(workloads).join(', ')}.`)
  return workload
}

export const keyBytes = 256
export const valueBytes = 1_024
