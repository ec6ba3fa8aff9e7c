import { prefixEnd } from '@waypost/protocol'

let serial = 0

/** Keys of one test alone, so that all tests of a flavour share one store. */
export interface KeyScope {
  /** A key of this test. */
  (name: string): string
  /** The prefix of this test's keys, and the end of their range. */
  readonly all: string
  readonly end: Uint8Array
}

export function keyScope(): KeyScope {
  serial += 1
  const all = `test-${serial}/`
  return Object.assign((name: string) => `${all}${name}`, { all, end: prefixEnd(Buffer.from(all)) })
}
