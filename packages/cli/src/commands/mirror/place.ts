import { createHash } from 'node:crypto'
import type { EtcdClient, KeyValue, RangeSelector } from '@waypost/client'

/** Which keys are copied, and where to. */
export interface MirrorPlace {
  readonly prefix: string
  readonly destPrefix: string
}

export function rangeOf(prefix: string): RangeSelector {
  return prefix === '' ? { all: true } : { prefix }
}

/** The key in the destination. Keys need not be text. */
export function destKey({ prefix, destPrefix }: MirrorPlace, kv: KeyValue): Buffer {
  return Buffer.concat([Buffer.from(destPrefix), kv.keyBytes.subarray(Buffer.byteLength(prefix))])
}

/** How far a mirror has come; it stands in the destination, and changes together with what it tells of. */
export interface Checkpoint {
  /** Of the source, in decimal. */
  readonly clusterId: string
  /** Of the source, in decimal; 0 while the first copy is not complete. */
  readonly revision: string
}

const folder = '/waypost/mirrors/'

export function checkpointKey({ prefix, destPrefix }: MirrorPlace): string {
  return `${folder}${createHash('sha256')
    .update(JSON.stringify([prefix, destPrefix]))
    .digest('hex')
    .slice(0, 16)}`
}

/** The bookkeeping of mirrors, in either store, is not what is mirrored. */
export function isBookkeeping(key: Uint8Array): boolean {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1', 0, folder.length) === folder
}

/** The text that is stored, to be compared with when the checkpoint moves on; undefined when there is none. */
export async function readCheckpoint(
  dest: EtcdClient,
  place: MirrorPlace,
): Promise<{ text: string; checkpoint: Checkpoint | undefined } | undefined> {
  const kv = await dest.kv.get(checkpointKey(place))
  return kv && { text: kv.text(), checkpoint: parse(kv.text()) }
}

export function checkpointText(checkpoint: Checkpoint & { readonly step: string }): string {
  return JSON.stringify(checkpoint)
}

function parse(text: string): Checkpoint | undefined {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null) return undefined
    if (!('clusterId' in content) || !('revision' in content)) return undefined
    const { clusterId, revision } = content
    return typeof clusterId === 'string' && typeof revision === 'string' && /^\d+$/.test(revision)
      ? { clusterId, revision }
      : undefined
  } catch {
    return undefined
  }
}
