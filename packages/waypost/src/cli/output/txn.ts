import type { TxnResult } from '@waypost/client'
import type { StepResult } from '../txn/parse-step.ts'
import type { Header } from './answers.ts'
import { type JsonObject, jsonLine } from './go-json.ts'
import { deleteFields, headerFields, putFields, rangeFields, unlessEmpty } from './json.ts'
import { deleteSimple, putSimple, rangeSimple, type SimpleOptions } from './simple.ts'

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

export function txnJson(header: Header, { succeeded, responses }: TxnAnswer): string {
  const writes = responses.map(isChange)
  const written = writes.includes(true)
  const fields = responses.map((result, index) => {
    // What is read before the first change is read at the revision before.
    const isBefore = written && !writes.slice(0, index + 1).includes(true)
    return { Response: response(result, headerFields({ revision: isBefore ? header.revision - 1n : header.revision })) }
  })
  return jsonLine({ header: headerFields(header), succeeded: succeeded || undefined, responses: unlessEmpty(fields) })
}

function isChange(result: StepResult): boolean {
  return 'deleted' in result ? result.deleted > 0 : !('kvs' in result)
}

function response(result: StepResult, header: JsonObject): JsonObject {
  if ('kvs' in result) return { ResponseRange: { header, ...rangeFields(result) } }
  if ('deleted' in result) return { ResponseDeleteRange: { header, ...deleteFields(result) } }
  return { ResponsePut: { header, ...putFields(result) } }
}
