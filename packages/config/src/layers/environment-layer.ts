import { WaypostError } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { scalarOfText } from '../documents/scalar-text.ts'
import type { Variables } from '../identity.ts'

export interface EnvironmentOverrides {
  /** Which variables count: those that begin with it. For example `ORDER_`. */
  readonly prefix: string
  /** Default: the process's environment. */
  readonly env?: Variables | undefined
}

/** A key that a variable sets. */
export interface Override {
  readonly variable: string
  readonly path: JsonPath
  readonly value: ConfigValue
}

/**
 * The keys that variables set over a configuration: `ORDER_DATABASE__POOL_SIZE=20` with the prefix `ORDER_` sets
 * `database.poolSize`. Two underscores separate levels. A part means the key of the same letters, whatever its case,
 * dashes and underscores; when there is none, the key in camel case. The value is JSON when it is a JSON object or
 * list, else what `scalarOfText` makes of it; it is never read for placeholders. Later names, in alphabetical order,
 * lie over earlier ones.
 */
export function overridesOf(below: ConfigObject, { prefix, env = process.env }: EnvironmentOverrides): Override[] {
  if (prefix === '') throw new WaypostError('invalid-argument', 'The prefix of the overrides must not be empty.')
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && name.length > prefix.length && env[name] !== undefined)
    .sort()
    .flatMap((variable) => {
      const parts = variable.slice(prefix.length).split('__')
      if (parts.includes('')) return []
      return { variable, path: pathOf(parts, below), value: readVariable(env[variable] ?? '') }
    })
}

/** The keys as one object, to lie over the others. */
export function overrideLayer(overrides: readonly Override[]): ConfigObject {
  const root: ConfigObject = {}
  for (const { path, value } of overrides) {
    let target: ConfigObject = root
    for (const step of path.slice(0, -1)) {
      const child = Object.hasOwn(target, step) ? target[step] : undefined
      if (isConfigObject(child)) target = child
      else {
        const made: ConfigObject = {}
        setOwn(target, String(step), made)
        target = made
      }
    }
    setOwn(target, String(path.at(-1)), value)
  }
  return root
}

function pathOf(parts: readonly string[], below: ConfigObject): JsonPath {
  let level: ConfigValue | undefined = below
  return parts.map((part) => {
    const keys: readonly string[] = isConfigObject(level) ? Object.keys(level) : []
    const key = keys.find((each) => lettersOf(each) === lettersOf(part)) ?? camelCase(part)
    level = isConfigObject(level) && Object.hasOwn(level, key) ? level[key] : undefined
    return key
  })
}

function lettersOf(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase())
}

function readVariable(text: string): ConfigValue {
  if (/^\s*[[{]/.test(text)) {
    try {
      return literal(JSON.parse(text))
    } catch {
      return escaped(text)
    }
  }
  const value = scalarOfText(text)
  return typeof value === 'string' ? escaped(value) : value
}

function literal(value: ConfigValue): ConfigValue {
  if (typeof value === 'string') return escaped(value)
  if (Array.isArray(value)) return value.map(literal)
  if (!isConfigObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, literal(child)]))
}

function escaped(text: string): string {
  return text.replaceAll('${', () => '$${')
}
