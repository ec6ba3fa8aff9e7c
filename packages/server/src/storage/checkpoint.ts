import type { Checkpoint } from './storage.ts'

export function encodeCheckpoint({ appliedIndex, revision }: Checkpoint): Buffer {
  return Buffer.from(`${appliedIndex} ${revision}`, 'ascii')
}

/** Undefined when there is none. */
export function parseCheckpoint(bytes: Uint8Array | undefined): Checkpoint | undefined {
  if (bytes === undefined) return undefined
  const [appliedIndex, revision] = Buffer.from(bytes).toString('ascii').split(' ').map(Number)
  if (appliedIndex === undefined || revision === undefined) throw new Error('The checkpoint in the tree is malformed.')
  return { appliedIndex, revision }
}
