import type { AuditRecord } from '@waypost/core'
import type { Facts, TimelineEvent } from '../event.ts'

/** One key as a revision left it. */
export interface KeyChange {
  readonly key: string
  /** Absent: it was deleted. */
  readonly value: Uint8Array | undefined
  /** The lease that it is attached to, in hexadecimal; `0` for none. */
  readonly lease: string
  readonly createRevision: bigint
}

/** What events are derived from: one revision of the store, beside what was known before it. */
export interface Moment {
  readonly revision: bigint
  /** Whether it stands for everything that happened up to the revision, and not for the one change that made it. */
  readonly isComparison: boolean
  /** What the same revision did to another key. */
  change(key: string): KeyChange | undefined
  known(key: string): Facts | undefined
  /** Who stands for an election after the revision. */
  candidates(election: string): readonly (readonly [key: string, facts: Facts])[]
  /** Whether a lease has ended; `undefined` when nobody can say. */
  isLeaseGone(lease: string): boolean | undefined
  /** What the transaction says of itself. */
  readonly audit: AuditRecord | undefined
}

/** An event before it has its place and time. */
export type DerivedEvent = Omit<TimelineEvent, 'id' | 'at' | 'late' | 'inferred'>

/**
 * One kind of thing that the timeline follows. Events are derived by comparing what is known with what is there. So it
 * does not matter whether a difference was seen in a watch or found in a list, and what was recorded already gives
 * nothing a second time.
 */
export interface Concern {
  /** Whether it follows the key. `lease` is that of the key. */
  follows(key: string, lease: string): boolean
  /** The key under which it is known: several keys may say something of one thing. */
  subject(key: string): string
  /** All events that a change brings about, together: they are recorded in one piece. */
  derive(subject: string, moment: Moment): readonly DerivedEvent[]
}

/** Facts without what is absent, so that two that say the same are equal as JSON. */
export function facts(fields: Readonly<Record<string, unknown>>): Facts {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export function sameFacts(a: Facts | undefined, b: Facts | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** The fields of a JSON object; `undefined` for anything else. Others write too: nothing is thrown. */
export function readFields(value: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString('utf8'))
    return isFields(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textIn(fields: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const value = fields?.[name]
  return typeof value === 'string' ? value : undefined
}

/** What a record that cannot be read is known as. */
export const unreadable: Facts = Object.freeze({ unreadable: true })
