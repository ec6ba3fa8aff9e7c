import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { EtcdClient } from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'
import { isFields, readFields } from './concerns/concern.ts'
import { TimelineState } from './state.ts'
import { checkpointPartKey } from './timeline-keys.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** A part has about this many characters before it is packed: some milliseconds of work. */
const partLength = 256 * 1024

/** No part is unpacked beyond this. */
const maxUnpackedBytes = 16 * 1024 * 1024

/** What is written under a checkpoint's key once all its parts are there. */
export interface Checkpoint {
  /** The event that it comes after. */
  readonly id: string
  readonly parts: number
  /** How many events were recorded up to it, and the time of the last one, in milliseconds since 1970. */
  readonly total: number
  readonly atMs: number
  /** The size of its parts. */
  readonly bytes: number
}

export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint)
}

export function decodeCheckpoint(key: string, value: Uint8Array): Checkpoint {
  const { id, parts, total, atMs, bytes } = readFields(value) ?? {}
  if (
    typeof id === 'string' &&
    typeof parts === 'number' &&
    typeof total === 'number' &&
    typeof atMs === 'number' &&
    typeof bytes === 'number'
  ) {
    return { id, parts, total, atMs, bytes }
  }
  throw damaged(key)
}

/** Writes the parts of a checkpoint. The state must not change meanwhile. */
export async function writeParts(
  etcd: EtcdClient,
  id: string,
  state: TimelineState,
  signal: AbortSignal | undefined,
): Promise<Pick<Checkpoint, 'parts' | 'bytes'>> {
  let parts = 0
  let bytes = 0
  const write = async (lines: readonly string[]): Promise<void> => {
    const packed = await pack(lines.join('\n'))
    await etcd.kv.put(checkpointPartKey(id, parts), packed, { signal })
    parts += 1
    bytes += packed.length
  }
  let lines: string[] = []
  let length = 0
  for (const [key, facts] of state.entries()) {
    const line = JSON.stringify([key, facts])
    lines.push(line)
    length += line.length
    if (length < partLength) continue
    await write(lines)
    lines = []
    length = 0
  }
  if (lines.length > 0) await write(lines)
  return { parts, bytes }
}

/** The state of a checkpoint. */
export async function readParts(
  etcd: EtcdClient,
  { id, parts }: Checkpoint,
  options: CallOptions,
): Promise<TimelineState> {
  const state = new TimelineState()
  for (let part = 0; part < parts; part++) {
    const key = checkpointPartKey(id, part)
    const stored = await etcd.kv.get(key, options)
    if (stored === undefined) throw damaged(key)
    const lines = (await unpack(stored.bytes, { maxOutputLength: maxUnpackedBytes })).toString('utf8')
    for (const line of lines.split('\n')) {
      const [subject, facts] = parsePair(key, line)
      state.apply({ key: subject, now: facts })
    }
  }
  return state
}

function parsePair(key: string, line: string): readonly [string, Readonly<Record<string, unknown>>] {
  const pair: unknown = JSON.parse(line)
  if (Array.isArray(pair) && typeof pair[0] === 'string' && isFields(pair[1])) return [pair[0], pair[1]]
  throw damaged(key)
}

function damaged(key: string): WaypostError {
  return new WaypostError(
    'data-loss',
    `The timeline's record ${key} is missing or damaged. Delete everything below /waypost/timeline/ to begin again.`,
  )
}
