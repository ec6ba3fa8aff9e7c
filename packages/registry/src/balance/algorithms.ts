import type { AlgorithmDefinition } from './algorithm.ts'
import { leastInFlight } from './least-in-flight.ts'
import { peakEwma } from './peak-ewma.ts'
import { weightedRandom } from './random.ts'
import { rendezvous } from './rendezvous.ts'
import { roundRobin } from './round-robin.ts'

/** Every balancing algorithm, by the name that users write. A new one needs a file of its own and a line here. */
export const algorithms = {
  'peak-ewma': peakEwma,
  'round-robin': roundRobin,
  'least-in-flight': leastInFlight,
  random: weightedRandom,
  rendezvous,
} satisfies Readonly<Record<string, AlgorithmDefinition>>

/**
 * `peak-ewma`: of two drawn by weight, the one with the lower latency × calls in flight. `least-in-flight`: of two
 * drawn by weight, the one with fewer calls in flight for its weight. `round-robin`: by weight in turn, evenly spread.
 * `random`: drawn by weight. `rendezvous`: by a key; equal keys go to the same instance.
 */
export type AlgorithmName = keyof typeof algorithms

export const algorithmNames: readonly AlgorithmName[] = Object.keys(algorithms).filter(isAlgorithmName)

export function isAlgorithmName(name: string): name is AlgorithmName {
  return Object.hasOwn(algorithms, name)
}
