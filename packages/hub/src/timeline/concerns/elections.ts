import type { Facts } from '../event.ts'
import { type Concern, type DerivedEvent, facts, type KeyChange, type Moment, sameFacts } from './concern.ts'

/** Leased keys of this form that are not places in an election. */
const others =
  /^\/(services|waypost\/(services|config|semaphores|timeline\/hubs)|waypost\/queues\/.*\/(workers|claims|slots)|waypost\/schedules\/[^/]*\/clocks)\//

/**
 * Elections in etcd's own layout, `<name>/<lease in hexadecimal>`, whoever makes them: the candidate with the lowest
 * create revision leads. Locks have the same layout and an empty value; they come and go too often to be recorded.
 */
export const elections: Concern = {
  follows: (key, lease) => lease !== '0' && key.endsWith(`/${lease}`) && !others.test(key),
  subject: (key) => key,
  derive(key, moment) {
    const change = moment.change(key)
    const was = moment.known(key)
    const election = key.slice(0, key.lastIndexOf('/'))
    const now = change && candidateFacts(change)
    if (sameFacts(was, now)) return []
    const reason = now === undefined ? whyGone(key, moment) : undefined
    const kind = was === undefined ? 'candidate.joined' : now === undefined ? 'candidate.left' : 'candidate.changed'
    return [{ kind, key, name: election, reason, was, now }, ...leaderEvents(election, moment)]
  },
}

/** What a place says of its candidate. An empty value is a lock's. */
export function candidateFacts({ value, createRevision }: KeyChange): Facts | undefined {
  if (value === undefined || value.length === 0) return undefined
  return { value: Buffer.from(value).toString('utf8'), token: String(createRevision) }
}

/** The key under which the leader of an election is known. */
export function leaderKey(election: string): string {
  return `${election}/`
}

/** Whether the facts are those of a leader, which follow from its candidates. */
export function isLeader(key: string, known: Facts): boolean {
  return known.token !== undefined && known.key !== undefined && key.endsWith('/')
}

/** The election whose candidate a key is, if its facts are those of one. */
export function electionOf(key: string, known: Facts | undefined): string | undefined {
  if (known?.token === undefined || isLeader(key, known)) return undefined
  return key.slice(0, key.lastIndexOf('/'))
}

function leaderEvents(election: string, moment: Moment): DerivedEvent[] {
  const was = moment.known(leaderKey(election))
  const line = moment.candidates(election)
  const first = line.reduce<readonly [string, Facts] | undefined>(earlier, undefined)
  const now = first && facts({ ...first[1], key: first[0] })
  if (sameFacts(was, now)) return []
  const name = { key: leaderKey(election), name: election, was, now }
  if (now === undefined) return [{ kind: 'leader.gone', ...name }]
  const isSame = was?.key === now.key && was?.token === now.token
  return [{ kind: isSame ? 'leader.changed' : 'leader.elected', ...name }]
}

function earlier(a: readonly [string, Facts] | undefined, b: readonly [string, Facts]): readonly [string, Facts] {
  return a === undefined || BigInt(String(b[1].token)) < BigInt(String(a[1].token)) ? b : a
}

function whyGone(key: string, moment: Moment): string {
  const isGone = moment.isLeaseGone(key.slice(key.lastIndexOf('/') + 1))
  return isGone === undefined ? 'unknown' : isGone ? 'expired' : 'resigned'
}
