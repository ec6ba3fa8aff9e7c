import type { AuditRecord } from '@waypost/core'
import { type DerivedEvent, isFields, type KeyChange, type Moment, readFields, textIn } from './concerns/concern.ts'
import { concernOf } from './concerns/concerns.ts'
import { candidateFacts, electionOf, isLeader } from './concerns/elections.ts'
import type { Facts } from './event.ts'
import type { TimelineState } from './state.ts'

/** What happened to the keys of the store, by key. */
export interface Happening {
  readonly revision: bigint
  readonly changes: ReadonlyMap<string, KeyChange>
  /** Whether `changes` are all keys there are, and not those that the revision changed. */
  readonly isComparison: boolean
  isLeaseGone(lease: string): boolean | undefined
}

/** How many keys are looked at in one turn of the event loop. */
const sliceLength = 200

/**
 * The events of a revision, in groups that must not be taken apart. Each group is applied to the state before the next
 * one is derived.
 */
export async function* transcribe(
  happening: Happening,
  state: TimelineState,
): AsyncGenerator<readonly DerivedEvent[], void, undefined> {
  const moment = momentOf(happening, state)
  let looked = 0
  for (const [subject, lease] of subjectsOf(happening, state)) {
    looked += 1
    if (looked % sliceLength === 0) await nextTurn()
    const events = concernOf(subject, lease)?.derive(subject, moment) ?? []
    if (events.length === 0) continue
    for (const event of events) state.apply(event)
    yield events
  }
}

/** What may have changed, each once. What is gone comes first. */
function subjectsOf({ changes, isComparison }: Happening, state: TimelineState): Map<string, string> {
  const subjects = new Map<string, string>()
  if (isComparison) {
    // The leader of an election follows from its candidates.
    for (const [key, known] of state.entries()) {
      if (!changes.has(key) && !isLeader(key, known)) subjects.set(key, leaseOf(key, known))
    }
  }
  for (const [key, change] of changes) {
    const lease = change.value === undefined ? leaseOf(key, state.get(key)) : change.lease
    const subject = concernOf(key, lease)?.subject(key)
    if (subject !== undefined && !subjects.has(subject)) subjects.set(subject, lease)
  }
  return subjects
}

/** The store does not say which lease a deleted key was on; a place in an election has it in its key. */
function leaseOf(key: string, known: Facts | undefined): string {
  return electionOf(key, known) === undefined ? '0' : key.slice(key.lastIndexOf('/') + 1)
}

function momentOf({ revision, changes, isComparison, isLeaseGone }: Happening, state: TimelineState): Moment {
  const change = (key: string): KeyChange | undefined => {
    const found = changes.get(key)
    return found ?? (isComparison ? { key, value: undefined, lease: '0', createRevision: 0n } : undefined)
  }
  const joined = groupPlaces(changes)
  return {
    revision,
    isComparison,
    change,
    known: (key) => state.get(key),
    candidates: (election) => {
      const keys = new Set([...state.candidates(election), ...(joined.get(election) ?? [])])
      return [...keys].flatMap((key): (readonly [string, Facts])[] => {
        const found = change(key)
        const facts = found === undefined ? state.get(key) : candidateFacts(found)
        return facts === undefined ? [] : [[key, facts]]
      })
    },
    isLeaseGone,
    audit: isComparison ? undefined : auditOf(changes),
  }
}

/** The places that are put, by their elections. */
function groupPlaces(changes: ReadonlyMap<string, KeyChange>): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>()
  for (const { key, lease, value } of changes.values()) {
    if (value === undefined || lease === '0' || !key.endsWith(`/${lease}`)) continue
    const election = key.slice(0, -lease.length - 1)
    const line = places.get(election)
    if (line === undefined) places.set(election, [key])
    else line.push(key)
  }
  return places
}

function auditOf(changes: ReadonlyMap<string, KeyChange>): AuditRecord | undefined {
  for (const { key, value } of changes.values()) {
    if (!key.startsWith('/waypost/audit/') || value === undefined) continue
    const fields = readFields(value)
    if (!isFields(fields)) continue
    const instances = Array.isArray(fields.instances) ? fields.instances.map(String) : undefined
    return {
      at: textIn(fields, 'at') ?? '',
      action: textIn(fields, 'action') ?? '',
      author: textIn(fields, 'author'),
      comment: textIn(fields, 'comment'),
      instances,
    }
  }
  return undefined
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
