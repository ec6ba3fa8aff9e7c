import { indexOf, revisionOf } from './event.ts'

/** Everything that the timeline keeps. It does not record itself. */
export const timelinePrefix = '/waypost/timeline/'

/** The election of the hub that records. */
export const recorderElection = `${timelinePrefix}recorder`

/** How far the recording has come. */
export const positionKey = `${timelinePrefix}position`

/** Chunks of events, in order: `<revision>.<number>.<milliseconds since 1970>` of the first event of each. */
export const eventsPrefix = `${timelinePrefix}events/`

/** What was known at some revisions, so that "what was it like at …" need not begin at the beginning. */
export const checkpointsPrefix = `${timelinePrefix}checkpoints/`

/** The pieces of checkpoints. A piece without its checkpoint was left behind by a recorder that died. */
export const checkpointPartsPrefix = `${timelinePrefix}checkpoint-parts/`

/** The content of documents that were written by hand: `<revision>/<path>`. */
export const contentsPrefix = `${timelinePrefix}contents/`

/** Keys of this form sort as ids do. */
export function sortableId(id: string): string {
  return `${digits(revisionOf(id), 19)}.${digits(indexOf(id), 6)}`
}

export function chunkKey(firstId: string, atMs: number): string {
  return `${eventsPrefix}${sortableId(firstId)}.${digits(atMs, 13)}`
}

/** The first event of a chunk, and when it was recorded. `undefined` for a key that is no chunk's. */
export function readChunkKey(key: string): { readonly firstId: string; readonly atMs: number } | undefined {
  const match = /^(\d{19})\.(\d{6})\.(\d{13})$/.exec(key.slice(eventsPrefix.length))
  if (match === null) return undefined
  const [, revision = '', index = '', atMs = ''] = match
  return { firstId: `${BigInt(revision)}.${Number(index)}`, atMs: Number(atMs) }
}

export function checkpointKey(id: string): string {
  return checkpointsPrefix + sortableId(id)
}

export function checkpointPartKey(id: string, part: number): string {
  return `${checkpointPartsPrefix}${sortableId(id)}/${digits(part, 6)}`
}

export function contentKey(revision: bigint, path: string): string {
  return `${contentsPrefix}${digits(revision, 19)}/${path}`
}

function digits(value: bigint | number, length: number): string {
  return String(value).padStart(length, '0')
}
