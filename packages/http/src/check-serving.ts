import { WaypostError } from '@waypost/core'
import { anything, checkOptions, functionKind, type OptionKinds, optionsKind } from '@waypost/core/options'
import { checkRegistration, drainOptionKinds, type Registry, registerOptionKinds } from '@waypost/registry'
import type { ServeOptions } from './served-instance.ts'

/** In the place of the port that is not known yet, when the rest is checked. */
const laterPort = 1

const serveOptionKinds: OptionKinds<ServeOptions> = {
  ...registerOptionKinds,
  port: anything(),
  drain: optionsKind(drainOptionKinds),
  onProblem: functionKind<(error: unknown, retryInMs: number | undefined) => void>(),
}

/** Throws `invalid-argument`, before anything listens, for what could not be registered. */
export function checkServing(
  call: string,
  example: string,
  registry: Registry | undefined,
  options: ServeOptions,
): void {
  if (typeof registry?.register !== 'function' || typeof options?.service !== 'string') {
    throw new WaypostError('invalid-argument', `Write ${example}.`)
  }
  checkOptions(call, options, serveOptionKinds)
  checkRegistration({ ...options, port: options.port || laterPort })
}
