import { invalidArgument, quoted } from '@waypost/core'
import { maxMetadataDepth, nameProblem, textProblem, weightProblem } from './bounds.ts'

/** Checks of single values that people and programs give. All throw `invalid-argument`. */
export function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw invalidArgument(problem)
}

export function checkText(what: string, value: unknown): void {
  if (value !== undefined) refuse(textProblem(what, value))
}

export function checkWeight(weight: unknown): void {
  if (weight !== undefined) refuse(weightProblem(weight))
}

export function checkName(what: 'service' | 'id', name: unknown): asserts name is string {
  refuse(nameProblem(what, name))
}

/** Checks numbers by the names of their options. Those that are not given are left out. */
export function checkNotNegative(options: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(value >= 0))
      throw invalidArgument(`${name} must be a number of 0 or more, not ${quoted(value)}.`)
  }
}

/** Refuses what JSON would drop or change silently. */
export function checkJson(path: string, value: unknown, depth = 0): void {
  if (depth > maxMetadataDepth) throw invalidArgument(`The value of ${path} is nested too deeply, or contains itself.`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  if (typeof value !== 'object') throw invalidArgument(`The value of ${path} is not JSON: ${quoted(value)}.`)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    throw invalidArgument(`The value of ${path} is not plain JSON: it is an instance of a class.`)
  }
  for (const [key, child] of Object.entries(value)) checkJson(`${path}.${key}`, child, depth + 1)
}
