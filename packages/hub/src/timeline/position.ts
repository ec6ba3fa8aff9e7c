import { WaypostError } from '@waypost/core'
import { readFields } from './concerns/concern.ts'

/** How far the recording has come. Written in one transaction with the events. */
export interface Position {
  /** Everything up to this revision is recorded. */
  readonly revision: bigint
  /** The last event. It may be of a later revision, of which the rest is still to be recorded. */
  readonly lastId: string
  /** When the last event was recorded, in milliseconds since 1970. */
  readonly atMs: number
  /** How many events were ever recorded. */
  readonly total: number
  /** The event that the last checkpoint comes after. */
  readonly checkpointId: string
  /** How many events came before the checkpoint, when it was made, and its size. */
  readonly checkpointTotal: number
  readonly checkpointAtMs: number
  readonly checkpointBytes: number
  /** The size of the events since the checkpoint. */
  readonly bytes: number
}

export function encodePosition(position: Position): string {
  return JSON.stringify({ ...position, revision: String(position.revision) })
}

/** Fails with `data-loss` when it is not what a recorder writes. */
export function decodePosition(value: Uint8Array): Position {
  const fields = readFields(value) ?? {}
  return {
    revision: BigInt(text(fields, 'revision')),
    lastId: text(fields, 'lastId'),
    atMs: count(fields, 'atMs'),
    total: count(fields, 'total'),
    checkpointId: text(fields, 'checkpointId'),
    checkpointTotal: count(fields, 'checkpointTotal'),
    checkpointAtMs: count(fields, 'checkpointAtMs'),
    checkpointBytes: count(fields, 'checkpointBytes'),
    bytes: count(fields, 'bytes'),
  }
}

type Fields = Readonly<Record<string, unknown>>

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return value
  throw damaged(name)
}

function count(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number' && value >= 0) return value
  throw damaged(name)
}

function damaged(name: string): WaypostError {
  return new WaypostError(
    'data-loss',
    `The key /waypost/timeline/position is damaged: its "${name}" is wrong. Delete everything below /waypost/timeline/ to begin again.`,
  )
}
