import { configPrefix } from '@waypost/config'
import { overridesPrefix, servicesPrefix } from '@waypost/registry'
import { isLeader } from './concerns/elections.ts'
import { type Facts, revisionOf } from './event.ts'
import type { TimelineState } from './state.ts'

/** Something that was there, and where. */
export interface Known {
  readonly key: string
  /** The rest of the key: `<service>/<instance>`, a path, the name of an election … */
  readonly name: string
  readonly facts: Facts
}

/** What was there at a moment, each sorted by name. */
export interface StateAt {
  /** The last event up to the moment: what follows holds from its revision on. */
  readonly lastId: string
  readonly revision: bigint
  readonly instances: readonly Known[]
  readonly overrides: readonly Known[]
  readonly documents: readonly Known[]
  readonly canaries: readonly Known[]
  readonly drafts: readonly Known[]
  readonly policies: readonly Known[]
  readonly schemas: readonly Known[]
  readonly rejections: readonly Known[]
  readonly schedules: readonly Known[]
  readonly leaders: readonly Known[]
}

const folders = {
  instances: servicesPrefix,
  overrides: overridesPrefix,
  documents: configPrefix,
  canaries: '/waypost/config/canaries/',
  drafts: '/waypost/config/drafts/',
  policies: '/waypost/config/policies/',
  schemas: '/waypost/config/schemas/',
  rejections: '/waypost/config/applied/',
  schedules: '/waypost/schedules/',
} as const satisfies Partial<Record<keyof StateAt, string>>

export function stateOf(state: TimelineState, lastId: string): StateAt {
  const all = [...state.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const below = (prefix: string): Known[] =>
    all.flatMap(([key, facts]) => (key.startsWith(prefix) ? [{ key, name: key.slice(prefix.length), facts }] : []))
  const leaders = all.flatMap(([key, facts]) => (isLeader(key, facts) ? [{ key, name: key.slice(0, -1), facts }] : []))
  return {
    lastId,
    revision: revisionOf(lastId),
    instances: below(folders.instances),
    overrides: below(folders.overrides),
    documents: below(folders.documents),
    canaries: below(folders.canaries),
    drafts: below(folders.drafts),
    policies: below(folders.policies),
    schemas: below(folders.schemas),
    rejections: below(folders.rejections),
    schedules: below(folders.schedules).filter(({ facts }) => !isLeader('/', facts)),
    leaders,
  }
}
