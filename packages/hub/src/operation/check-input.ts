import { Ajv, type ValidateFunction } from 'ajv'
import type { Static, TSchema } from 'typebox'
import { inputErrors, invalidInput } from './describe-misfit.ts'
import type { CheckedInput, InputPart, OperationInput, OperationSchemas } from './input.ts'

const shared = { allErrors: true, strict: true, strictTypes: false, useDefaults: true, verbose: true } as const
/** Parameters are text: numbers, booleans and lists are read from it. */
const textAjv = new Ajv({ ...shared, coerceTypes: 'array' })
const jsonAjv = new Ajv(shared)
// For messages and documentation only.
for (const ajv of [textAjv, jsonAjv]) ajv.addVocabulary(['x-expected', 'example'])

/** Checks the input of one operation. The checks are compiled when they are first needed. */
export class InputChecker<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  readonly #params: PartChecker<Params>
  readonly #query: PartChecker<Query>
  readonly #body: PartChecker<Body>

  constructor({ params, query, body }: OperationSchemas<Params, Query, Body>) {
    this.#params = new PartChecker('path', params)
    this.#query = new PartChecker('query', query)
    this.#body = new PartChecker('body', body)
  }

  /** Throws `invalid-argument`; `details.errors` has the places. */
  check({ params, query, body }: OperationInput): CheckedInput<Params, Query, Body> {
    return { params: this.#params.check(params), query: this.#query.check(query), body: this.#body.check(body) }
  }
}

const noProperties = { type: 'object', additionalProperties: false }

class PartChecker<Schema extends TSchema> {
  readonly #part: InputPart
  readonly #schema: Schema | undefined
  #validate: ValidateFunction<Static<Schema>> | undefined

  constructor(part: InputPart, schema: Schema | undefined) {
    this.#part = part
    this.#schema = schema
  }

  check(value: unknown): Static<Schema> {
    this.#validate ??= this.#compile()
    const given = value === undefined && (this.#part !== 'body' || this.#schema === undefined) ? {} : value
    if (this.#part === 'body' && given === undefined) {
      throw invalidInput([{ in: 'body', pointer: '', detail: 'The request needs a body of JSON.' }])
    }
    if (this.#validate(given)) return given
    throw invalidInput(inputErrors(this.#part, this.#validate.errors ?? []))
  }

  #compile(): ValidateFunction<Static<Schema>> {
    const ajv = this.#part === 'body' ? jsonAjv : textAjv
    return ajv.compile<Static<Schema>>(this.#schema ?? noProperties)
  }
}
