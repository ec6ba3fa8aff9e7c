import type { TxnResult } from '@waypost/client'
import type { Header } from '../../print/answers.ts'
import { deleteLines, headerLines, putLines, rangeLines } from '../../print/fields.ts'
import { deleteFields, headerFields, putFields, rangeFields, unlessEmpty } from '../../print/json.ts'
import type { Json, JsonObject } from '../../print/json-line.ts'
import { deleteSimple, putSimple, rangeSimple, type SimpleOptions } from '../../print/simple.ts'
import type { StepResult } from './parse-step.ts'

/** A transaction's outcome and the results of the branch that ran. */
export interface TxnAnswer extends Pick<TxnResult, 'succeeded'> {
  readonly responses: readonly StepResult[]
}

export function txnSimple({ succeeded, responses }: TxnAnswer, options: SimpleOptions): Uint8Array {
  const parts = responses.flatMap((result) => ['\n', simple(result, options)])
  return Buffer.concat([succeeded ? 'SUCCESS\n' : 'FAILURE\n', ...parts].map((part) => Buffer.from(part)))
}

function simple(result: StepResult, options: SimpleOptions): Uint8Array {
  if ('kvs' in result) return rangeSimple(result, options)
  return 'deleted' in result ? deleteSimple(result, options) : putSimple(result, options)
}

export function txnJson(header: Header, { succeeded, responses }: TxnAnswer): Json {
  const fields = responses.map((result, index) => ({
    Response: response(result, headerFields(innerHeader(header, responses, index))),
  }))
  return { header: headerFields(header), succeeded: succeeded || undefined, responses: unlessEmpty(fields) }
}

export function txnLines(header: Header, { succeeded, responses }: TxnAnswer): string {
  const inner = responses.map(
    (result, index) => headerLines(innerHeader(header, responses, index)) + responseLines(result),
  )
  return `${headerLines(header)}"Succeeded" : ${succeeded}\n${inner.join('')}`
}

/** What is read before the first change is read at the revision before. */
function innerHeader({ revision }: Header, responses: readonly StepResult[], index: number): Header {
  const isBefore = responses.some(isChange) && !responses.slice(0, index + 1).some(isChange)
  return { revision: isBefore ? revision - 1n : revision }
}

function responseLines(result: StepResult): string {
  if ('kvs' in result) return rangeLines(result)
  return 'deleted' in result ? deleteLines(result) : putLines(result)
}

function isChange(result: StepResult): boolean {
  return 'deleted' in result ? result.deleted > 0 : !('kvs' in result)
}

function response(result: StepResult, header: JsonObject): JsonObject {
  if ('kvs' in result) return { response_range: { header, ...rangeFields(result) } }
  if ('deleted' in result) return { response_delete_range: { header, ...deleteFields(result) } }
  return { response_put: { header, ...putFields(result) } }
}
