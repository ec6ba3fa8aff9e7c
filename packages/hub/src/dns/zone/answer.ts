import { responseCode } from '../message/codes.ts'
import type { WireName } from '../message/name.ts'
import { RecordOrder } from './record-order.ts'

/** An answer to a name and type, encoded once and sent until the service changes. */
export interface Answer {
  readonly code: number
  readonly records: readonly Buffer[]
  readonly recordBytes: number
  /** Absent when there is nothing to choose. */
  readonly order: RecordOrder | undefined
  /** Only one of the records is sent: a name has at most one CNAME. */
  readonly onlyOne: boolean
  /** The records are CNAMEs, and lead here, each in the same place. */
  readonly targets: readonly WireName[] | undefined
  /** Records of use to the asker, in one piece: they are left out together when there is no room. */
  readonly additional: Buffer
  readonly additionalCount: number
  /** Whether SOA goes along, by which the asker knows how long to keep an answer without records (RFC 2308). */
  readonly isNegative: boolean
}

/** The name exists, and has no record of this type. */
export const noData: Answer = negative(responseCode.noError)

/** The name does not exist, and nothing below it. */
export const noName: Answer = negative(responseCode.nameError)

export interface Choice {
  /** How often each record comes first, relative to the others. Default all alike. */
  readonly weights?: readonly number[]
  readonly onlyOne?: boolean
  readonly targets?: readonly WireName[]
  readonly additional?: readonly Buffer[]
}

export function positive(records: readonly Buffer[], choice: Choice = {}): Answer {
  const { weights, onlyOne = false, targets, additional = [] } = choice
  const varied = weights?.some((weight) => weight !== weights[0]) ? weights : undefined
  return {
    code: responseCode.noError,
    records,
    recordBytes: total(records),
    order: records.length > 1 ? new RecordOrder(records.length, varied, Math.random) : undefined,
    onlyOne,
    targets,
    additional: Buffer.concat(additional),
    additionalCount: additional.length,
    isNegative: false,
  }
}

function negative(code: number): Answer {
  return Object.freeze({ ...positive([]), code, isNegative: true })
}

function total(records: readonly Buffer[]): number {
  return records.reduce((sum, { length }) => sum + length, 0)
}
