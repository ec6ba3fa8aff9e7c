/** What a reader sends to go on where it stopped: the id of the last event that it saw, a revision. */
export function readLastEventId(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^[0-9]{1,19}$/.test(value) ? BigInt(value) : undefined
}

/**
 * One event of a stream of server-sent events, see the HTML Living Standard, 9.2.
 *
 * @param json on one line
 */
export function sseFrame(event: string, id: bigint | undefined, json: string | undefined): Buffer {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return Buffer.from(`event: ${event}\n${idLine}data: ${json ?? '{}'}\n\n`)
}

/** Keeps the connection alive, and is no event. */
export const heartbeatFrame: Buffer = Buffer.from(': heartbeat\n\n')
