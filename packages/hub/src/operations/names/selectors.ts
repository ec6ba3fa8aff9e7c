import type { InstanceSelector } from '@waypost/registry'
import Type from 'typebox'

/** Parameters that choose among the instances of a service. */
export const selectorFields = {
  version: Type.Optional(
    Type.String({ description: 'A range of semantic versions such as `^1.4`, or a version’s text.' }),
  ),
  zone: Type.Optional(Type.String()),
  scheme: Type.Optional(Type.String()),
  tag: Type.Optional(Type.Array(Type.String(), { maxItems: 20, description: 'The instance has all of these.' })),
  metadata: Type.Optional(
    Type.Array(Type.String({ pattern: '^[^=]+=', 'x-expected': 'name=value' }), {
      maxItems: 20,
      description: '`name=value`: the instance’s metadata has this text.',
    }),
  ),
} as const

interface Selectors {
  readonly version?: string
  readonly zone?: string
  readonly scheme?: string
  readonly tag?: readonly string[]
  readonly metadata?: readonly string[]
}

/** What the parameters say, for the registry. `undefined` when they say nothing. */
export function whereOf({ version, zone, scheme, tag, metadata }: Selectors): InstanceSelector | undefined {
  const given = [version, zone, scheme, tag, metadata]
  if (given.every((value) => value === undefined)) return undefined
  const pairs = metadata?.map((pair) => {
    const equals = pair.indexOf('=')
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const
  })
  return { version, zone, scheme, tags: tag, metadata: pairs && Object.fromEntries(pairs) }
}
