import type { Instance } from './instance.ts'

/** Which instances a view shows: all that are named must hold. */
export interface InstanceSelector {
  readonly version?: string | undefined
  readonly zone?: string | undefined
  readonly scheme?: string | undefined
  /** The instance has all of these. */
  readonly tags?: readonly string[] | undefined
  /** The instance's metadata has these values, compared as `===`. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

/** A selector, or a pure function of the instance. */
export type Where = InstanceSelector | ((instance: Instance) => boolean)

export function matcher(where: Where | undefined): (instance: Instance) => boolean {
  if (where === undefined) return () => true
  if (typeof where === 'function') return where
  const { version, zone, scheme, tags = [] } = where
  const metadata = Object.entries(where.metadata ?? {})
  return (instance) =>
    (version === undefined || instance.version === version) &&
    (zone === undefined || instance.zone === zone) &&
    (scheme === undefined || instance.scheme === scheme) &&
    tags.every((tag) => instance.tags.includes(tag)) &&
    metadata.every(([name, value]) => instance.metadata[name] === value)
}
