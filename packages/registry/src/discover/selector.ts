import {
  anyOf,
  anything,
  functionKind,
  listOf,
  type OptionKinds,
  optionsKind,
  recordOf,
  text,
} from '@waypost/core/options'
import Range from 'semver/classes/range.js'
import type { Instance } from '../record/instance.ts'

/** Which instances a view shows: all that are named must hold. */
export interface InstanceSelector {
  /**
   * A range of semantic versions, such as `^1.4`, `1.x` or `>=2 <4`, or the very text of a version that is none.
   * Pre-releases fit where the range names one, as in npm.
   */
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

const selectorKinds: OptionKinds<InstanceSelector> = {
  version: text,
  zone: text,
  scheme: text,
  tags: listOf(text),
  metadata: recordOf<string | number | boolean | null>(anything()),
}

export const whereKind = anyOf(optionsKind(selectorKinds), functionKind<(instance: Instance) => boolean>())

export function matcher(where: Where): (instance: Instance) => boolean {
  if (typeof where === 'function') return where
  const { version, zone, scheme, tags = [] } = where
  const metadata = Object.entries(where.metadata ?? {})
  const range = version === undefined ? undefined : parseRange(version)
  return (instance) =>
    (version === undefined || instance.version === version || isInRange(instance.version, range)) &&
    (zone === undefined || instance.zone === zone) &&
    (scheme === undefined || instance.scheme === scheme) &&
    tags.every((tag) => instance.tags.includes(tag)) &&
    metadata.every(([name, value]) => instance.metadata[name] === value)
}

function parseRange(text: string): Range | undefined {
  try {
    return new Range(text, { loose: true })
  } catch {
    // Some name their versions after anything: then only the very text fits.
    return undefined
  }
}

/** `1` and `1.4` stand for `1.0.0` and `1.4.0`. */
function isInRange(version: string | undefined, range: Range | undefined): boolean {
  if (version === undefined || range === undefined) return false
  const [, short] = /^v?(\d+(?:\.\d+)?)$/.exec(version) ?? []
  return range.test(short === undefined ? version : short.includes('.') ? `${short}.0` : `${short}.0.0`)
}
