import { hub } from './hub.ts'
import { names } from './names.ts'
import type { Preparations } from './prepare.ts'
import { timeline } from './timeline.ts'

/** What the examples of all operations need. One file for each concern. */
export const preparations: Preparations = { ...names, ...hub, ...timeline }
