import { messageOf, WaypostError } from '@waypost/core'
import { isFields } from './concerns/concern.ts'
import { isEventKind, type TimelineEvent } from './event.ts'

/** Events that were recorded together: one value in the store. */
export interface Chunk {
  /** How many events were recorded before it. */
  readonly start: number
  readonly events: readonly TimelineEvent[]
}

/** JSON lines: what the chunk is, then one event on each line. */
export function encodeChunk(start: number, lines: readonly string[]): string {
  return [JSON.stringify({ start, events: lines.length }), ...lines].join('\n')
}

/** How many events were recorded before the chunk, and its events as they are kept. */
export function splitChunk(key: string, text: string): { readonly start: number; readonly lines: readonly string[] } {
  const [head = '', ...lines] = text.split('\n')
  const fields = parseJson(key, head)
  if (typeof fields.start !== 'number') throw damaged(key, 'its first line has no "start"')
  return { start: fields.start, lines }
}

/** Fails with `data-loss` when it is not what a recorder writes. */
export function decodeChunk(key: string, text: string): Chunk {
  const { start, lines } = splitChunk(key, text)
  return { start, events: lines.map((line) => decodeEvent(key, line)) }
}

export function decodeEvent(key: string, line: string): TimelineEvent {
  const { id, at, kind, key: subject, ...rest } = parseJson(key, line)
  if (typeof id !== 'string' || !/^\d+\.\d+$/.test(id)) throw damaged(key, 'an event has no id')
  if (typeof at !== 'string' || typeof kind !== 'string' || typeof subject !== 'string') {
    throw damaged(key, `the event ${id} lacks its time, kind or key`)
  }
  // A newer version may record more kinds; to this one they are changes that it cannot name.
  const known = isEventKind(kind) ? kind : 'timeline.unknown'
  return { ...rest, id, at, kind: known, key: subject }
}

function parseJson(key: string, text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw damaged(key, messageOf(error))
  }
  if (isFields(parsed)) return parsed
  throw damaged(key, 'a line is not a JSON object')
}

function damaged(key: string, why: string): WaypostError {
  return new WaypostError('data-loss', `The timeline's record ${key} is damaged: ${why}. Delete that key.`)
}
