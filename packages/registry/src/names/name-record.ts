import { textProblem } from '../record/bounds.ts'

/** What stands under `/waypost/names/<name>`: the name of a service belongs to somebody. */
export interface NameRecord {
  readonly name: string
  /** A user, a team: whoever applied for the name. */
  readonly owner: string
  readonly description: string | undefined
  /** When it was applied for first, ISO 8601. */
  readonly since: string | undefined
}

/** A name with the revision at which its record was last written. */
export interface OwnedName extends NameRecord {
  readonly revision: bigint
}

export const namesPrefix = '/waypost/names/'

export function nameKey(name: string): string {
  return namesPrefix + name
}

/** Reads a record tolerantly. `undefined` when it does not say who the owner is. */
export function readName(key: string, text: string, revision: bigint): OwnedName | undefined {
  const fields = parse(text)
  const owner = asText(fields.owner)
  if (owner === undefined) return undefined
  const name = key.slice(namesPrefix.length)
  return { name, owner, description: asText(fields.description), since: asText(fields.since), revision }
}

function asText(value: unknown): string | undefined {
  return textProblem('text', value) === undefined && typeof value === 'string' ? value : undefined
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
