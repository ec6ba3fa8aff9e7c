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
  /** Whether there was more than is shown. */
  readonly isCut: boolean
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

/** No more of each kind: who wants to see more names a service or a document. */
const maxOfKind = 10_000

/** How many things are looked at in one turn of the event loop. */
const sliceLength = 2_000

/** @param isWanted which of them, and not more than 10,000 of each kind */
export async function stateOf(
  state: TimelineState,
  lastId: string,
  isWanted: (known: Known) => boolean = () => true,
): Promise<StateAt> {
  const found: { readonly [Kind in KnownKind]: Known[] } = {
    instances: [],
    overrides: [],
    documents: [],
    canaries: [],
    drafts: [],
    policies: [],
    schemas: [],
    rejections: [],
    schedules: [],
    leaders: [],
  }
  let looked = 0
  let isCut = false
  for (const [key, facts] of state.entries()) {
    looked += 1
    if (looked % sliceLength === 0) await nextTurn()
    const kind = kindOf(key, facts)
    if (kind === undefined) continue
    const name = kind === 'leaders' ? key.slice(0, -1) : key.slice(folders[kind].length)
    const known = { key, name, facts }
    if (!isWanted(known)) continue
    if (found[kind].length >= maxOfKind) isCut = true
    else found[kind].push(known)
  }
  for (const list of Object.values(found)) list.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { lastId, revision: revisionOf(lastId), isCut, ...found }
}

type KnownKind = keyof typeof folders | 'leaders'

const kinds: readonly (keyof typeof folders)[] = [
  'instances',
  'overrides',
  'documents',
  'canaries',
  'drafts',
  'policies',
  'schemas',
  'rejections',
  'schedules',
]

function kindOf(key: string, facts: Facts): KnownKind | undefined {
  if (isLeader(key, facts)) return 'leaders'
  // A candidate.
  if (facts.token !== undefined) return undefined
  return kinds.find((kind) => key.startsWith(folders[kind]))
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
