import { WaypostError } from '@waypost/core'
import { checkRegistration, type Registry } from '@waypost/registry'
import type { ServeOptions } from './served-instance.ts'

/** In the place of the port that is not known yet, when the rest is checked. */
const laterPort = 1

/** Throws `invalid-argument`, before anything listens, for what could not be registered. */
export function checkServing(example: string, registry: Registry | undefined, options: ServeOptions): void {
  if (typeof registry?.register !== 'function' || typeof options?.service !== 'string') {
    throw new WaypostError('invalid-argument', `Write ${example}.`)
  }
  checkRegistration({ ...options, port: options.port || laterPort })
}
