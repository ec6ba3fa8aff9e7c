import { canaries } from './canaries.ts'
import type { Concern } from './concern.ts'
import { queues, schedules } from './controls.ts'
import { documents } from './documents.ts'
import { drafts } from './drafts.ts'
import { elections } from './elections.ts'
import { instances } from './instances.ts'
import { overrides } from './overrides.ts'
import { rejections } from './rejections.ts'
import { policies, schemas } from './rules.ts'

/** All that the timeline follows. Elections come last: their keys may lie anywhere. */
const concerns: readonly Concern[] = [
  instances,
  overrides,
  documents,
  canaries,
  drafts,
  policies,
  schemas,
  rejections,
  schedules,
  queues,
  elections,
]

/** What follows a key, if anything does. `lease` is the key's, in hexadecimal; `0` for none. */
export function concernOf(key: string, lease: string): Concern | undefined {
  for (const concern of concerns) if (concern.follows(key, lease)) return concern
  return undefined
}
