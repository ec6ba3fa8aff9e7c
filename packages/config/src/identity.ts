import { WaypostError } from '@waypost/core'
import { anything, type OptionKinds, text } from '@waypost/core/options'
import { checkSegment } from './config-path.ts'

/** Who asks for a configuration: what canaries are assigned by. */
export interface Identity {
  /**
   * The stable name of the instance: the same after a restart, another one for each process that runs beside it.
   * Default: the client's, `etcd.identity.instance`.
   */
  readonly instance?: string | undefined
  /** For example an availability zone. Default: `WAYPOST_ZONE`. */
  readonly zone?: string | undefined
  /** For example `{ tier: 'internal' }`. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export const identityOptionKinds: OptionKinds<Identity> = { instance: anything(), zone: text, labels: anything() }

/** An identity with everything decided. */
export interface ResolvedIdentity extends Identity {
  readonly instance: string
}

/** The environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Fills in what is not given. Throws `invalid-argument` for an instance id that cannot be part of a key. */
export function resolveIdentity(
  identity: Identity,
  defaultInstance: string,
  env: Variables = process.env,
): ResolvedIdentity {
  const instance = identity.instance ?? defaultInstance
  checkSegment('instance', instance)
  for (const [label, value] of Object.entries(identity.labels ?? {})) {
    if (typeof value !== 'string') throw new WaypostError('invalid-argument', `The label ${label} must be text.`)
  }
  return {
    instance,
    zone: identity.zone ?? (env.WAYPOST_ZONE || undefined),
    labels: identity.labels && { ...identity.labels },
  }
}
