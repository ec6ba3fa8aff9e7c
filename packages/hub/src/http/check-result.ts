import { WaypostError } from '@waypost/core'
import { Ajv, type ValidateFunction } from 'ajv'
import type { TSchema } from 'typebox'
import type { Operation } from '../operation/operation.ts'
import type { OperationResult } from '../operation/responses.ts'

const ajv = new Ajv({ strict: false })
const compiled = new WeakMap<TSchema, ValidateFunction>()

/** Fails with `internal` when an operation answers with what it does not announce. */
export function checkResult(operation: Operation, { status, body }: OperationResult): void {
  const spec = operation.responses[status]
  if (spec === undefined) throw new WaypostError('internal', `${operation.id} does not announce status ${status}.`)
  const { schema } = spec
  if (schema === undefined) return
  const validate = compiled.get(schema) ?? ajv.compile(schema)
  compiled.set(schema, validate)
  // What is sent is JSON: fields that are undefined are not there.
  const sent: unknown = JSON.parse(JSON.stringify(body))
  if (validate(sent)) return
  const [error] = validate.errors ?? []
  const what = `${error?.instancePath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params ?? {})}`
  throw new WaypostError('internal', `The answer of ${operation.id} is not what it announces: ${what}.`)
}
