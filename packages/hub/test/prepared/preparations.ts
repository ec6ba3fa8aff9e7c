import { access } from './access.ts'
import { config } from './config.ts'
import { coordination } from './coordination.ts'
import { hub } from './hub.ts'
import { keys } from './keys.ts'
import { names } from './names.ts'
import type { Preparations } from './prepare.ts'
import { timeline } from './timeline.ts'

/** What the examples of all operations need. One file for each concern. */
export const preparations: Preparations = {
  ...names,
  ...config,
  ...coordination,
  ...keys,
  ...access,
  ...hub,
  ...timeline,
}
