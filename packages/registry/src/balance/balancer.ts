import type { Instance } from '../instance.ts'

/** Chooses among the instances that take traffic. Called for every request: it must be quick and must not throw. */
export interface Balancer {
  /** The candidates have changed. All are `up` and have a weight above 0. */
  update(candidates: readonly Instance[]): void
  pick(): Instance | undefined
}
