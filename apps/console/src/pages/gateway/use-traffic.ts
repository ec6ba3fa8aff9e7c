import { useEffect, useState } from 'react'
import type { Gateway } from './route-sums.ts'

/** What all gateways carried at a moment, per second. */
export interface Sample {
  readonly atMs: number
  readonly requests: number
  readonly errors: number
}

/** Ten minutes at a figure every five seconds. */
const maxSamples = 120

/** The figures since the page was opened: each time that a gateway says something new, one more. */
export function useTraffic(gateways: readonly Gateway[]): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const newest = gateways.map(({ process, at }) => `${process} ${at}`).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new with each reading, its figures are not
  useEffect(() => {
    if (gateways.length === 0) return
    setSamples((known) => [...known, { atMs: Date.now(), ...totalsOf(gateways) }].slice(-maxSamples))
  }, [newest])
  return samples
}

export function totalsOf(gateways: readonly Gateway[]): { readonly requests: number; readonly errors: number } {
  let requests = 0
  let errors = 0
  for (const { requestsPerSecond, errorsPerSecond } of gateways.flatMap(({ routes }) => routes)) {
    requests += requestsPerSecond
    errors += errorsPerSecond
  }
  return { requests, errors }
}
