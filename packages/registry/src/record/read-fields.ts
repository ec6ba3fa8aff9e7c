import { quoted } from '@waypost/core'
import { isTooDeep, maxMetadataDepth, maxTags, schemeProblem, textProblem, weightProblem } from './bounds.ts'
import type { Instance } from './instance.ts'

export type Json = Readonly<Record<string, unknown>>
export type OptionalFields = Pick<
  Instance,
  'scheme' | 'version' | 'zone' | 'weight' | 'tags' | 'metadata' | 'process' | 'registeredAt'
>

/** Shared by the many records that have none, to save memory. */
const noTags: readonly string[] = Object.freeze([])
const noMetadata: Json = Object.freeze({})

/**
 * Reads the optional fields of a record that somebody else may have written. A field that is out of bounds or of
 * another type counts as absent, and `ignored` receives a sentence about it.
 *
 * @param scheme the one in the address, when the record has none of its own
 */
export function readFields(record: Json, scheme: string | undefined, ignored: string[]): OptionalFields {
  return {
    scheme: readScheme(isAbsent(record.scheme) ? scheme : record.scheme, ignored),
    version: readText(record, 'version', ignored),
    zone: readText(record, 'zone', ignored),
    weight: readWeight(record.weight, ignored),
    tags: readTags(record.tags, ignored),
    metadata: readMetadata(record.metadata, ignored),
    process: readText(record, 'process', ignored),
    registeredAt: readText(record, 'registeredAt', ignored),
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readScheme(value: unknown, ignored: string[]): string | undefined {
  return isAbsent(value) || isWrong(schemeProblem(value), ignored) || typeof value !== 'string' ? undefined : value
}

function readText(record: Json, name: string, ignored: string[]): string | undefined {
  const value = record[name]
  return isAbsent(value) || isWrong(textProblem(name, value), ignored) || typeof value !== 'string' ? undefined : value
}

function readWeight(value: unknown, ignored: string[]): number {
  if (isAbsent(value)) return 1
  const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return isWrong(weightProblem(weight), ignored) || typeof weight !== 'number' ? 1 : weight
}

function readTags(value: unknown, ignored: string[]): readonly string[] {
  if (isAbsent(value)) return noTags
  if (!Array.isArray(value)) {
    ignored.push(`The tags must be a list of strings, not ${quoted(value)}.`)
    return noTags
  }
  if (value.length > maxTags) ignored.push(`There can be at most ${maxTags} tags, not ${value.length}.`)
  const tags: unknown[] = value.slice(0, maxTags)
  return tags.filter((tag): tag is string => !isWrong(textProblem('tag', tag), ignored))
}

function readMetadata(value: unknown, ignored: string[]): Json {
  if (isAbsent(value)) return noMetadata
  if (!isObject(value)) ignored.push(`The metadata must be an object, not ${quoted(value)}.`)
  else if (isTooDeep(value)) ignored.push(`The metadata is nested more than ${maxMetadataDepth} levels deep.`)
  else return value
  return noMetadata
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Adds the problem, if there is one. */
function isWrong(problem: string | undefined, ignored: string[]): boolean {
  if (problem !== undefined) ignored.push(problem)
  return problem !== undefined
}
