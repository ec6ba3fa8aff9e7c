import { orList, quoted, WaypostError } from '@waypost/core'
import { nearestName } from '@waypost/core/options'
import type { ErrorObject } from 'ajv'
import type { InputError, InputPart } from './input.ts'

/** `invalid-argument` that names the places in `details.errors`. */
export function invalidInput(errors: readonly InputError[]): WaypostError {
  const message = errors[0]?.detail ?? 'The request does not fit the operation.'
  return new WaypostError('invalid-argument', message, { details: { errors } })
}

/** How many of the things that are wrong are named. */
const maxErrors = 10

/** What the checker found, in words. A misspelt name comes before the one that is missing because of that. */
export function inputErrors(part: InputPart, errors: readonly ErrorObject[]): InputError[] {
  const isUnknown = ({ keyword }: ErrorObject): boolean => keyword === 'additionalProperties'
  const sorted = [...errors.filter(isUnknown), ...errors.filter((error) => !isUnknown(error))]
  return sorted.slice(0, maxErrors).map((error) => inputError(part, error))
}

function inputError(part: InputPart, error: ErrorObject): InputError {
  const unknown = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined
  const pointer = unknown === undefined ? error.instancePath : `${error.instancePath}/${escaped(unknown)}`
  return { in: part, pointer, detail: unknown === undefined ? misfit(part, error) : unknownName(part, unknown, error) }
}

function unknownName(part: InputPart, name: string, error: ErrorObject): string {
  const known = propertiesOf(error.parentSchema)
  const nearest = nearestName(name, known)
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.toSorted().join(', ')}`
  const where = part === 'query' ? 'The query has' : `${subject(part, error.instancePath)} has`
  const what = part === 'query' ? 'an unknown parameter' : 'an unknown field'
  return `${where} ${what} ${quoted(name)}; ${takes}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`
}

function misfit(part: InputPart, error: ErrorObject): string {
  const { keyword, params } = error
  const at = subject(part, error.instancePath)
  switch (keyword) {
    case 'required':
      return `${at} lacks ${quoted(params.missingProperty)}.`
    case 'type':
      return `${at} must be ${typeInWords(params.type)}, not ${quoted(shown(error.data))}.`
    case 'enum':
      return `${at} must be ${orList([...params.allowedValues].map(quoted))}, not ${quoted(shown(error.data))}.`
    case 'const':
      return `${at} must be ${quoted(params.allowedValue)}, not ${quoted(shown(error.data))}.`
    case 'anyOf':
    case 'oneOf':
      return `${at} must be ${orList(alternatives(error.parentSchema))}, not ${quoted(shown(error.data))}.`
    default: {
      const expected = expectationOf(error.parentSchema)
      if (keyword === 'pattern' && expected !== undefined)
        return `${at} must be ${expected}, not ${quoted(shown(error.data))}.`
      return `${at} ${error.message ?? 'does not fit'}: ${quoted(shown(error.data))}.`
    }
  }
}

/** A schema with a pattern says in `expected` what it stands for. */
function expectationOf(schema: unknown): string | undefined {
  const expected = member(schema, 'x-expected')
  return typeof expected === 'string' ? expected : undefined
}

function alternatives(schema: unknown): string[] {
  const anyOf = member(schema, 'anyOf') ?? member(schema, 'oneOf')
  if (!Array.isArray(anyOf)) return ['one of the documented values']
  return anyOf.map((option: unknown) => {
    const value = member(option, 'const')
    return value === undefined ? (expectationOf(option) ?? typeInWords(member(option, 'type'))) : quoted(value)
  })
}

function typeInWords(type: unknown): string {
  if (Array.isArray(type)) return orList(type.map(typeInWords))
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    null: 'null',
  }
  return words[String(type)] ?? 'another type'
}

function subject(part: InputPart, pointer: string): string {
  if (pointer === '') return { path: 'The path', query: 'The query', body: 'The body' }[part]
  const name = pointer.slice(1).replaceAll('/', '.')
  return part === 'body' ? `${name} in the body` : `The parameter ${name}`
}

function propertiesOf(schema: unknown): string[] {
  const properties = member(schema, 'properties')
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function shown(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

/** RFC 6901, section 3. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
