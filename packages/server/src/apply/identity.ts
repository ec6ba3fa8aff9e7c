import { randomBytes } from 'node:crypto'
import type { Storage } from '../storage/storage.ts'

export interface Identity {
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly raftTerm: number
}

/** What the store calls itself: made at the first start, kept, its term raised by one with every start. */
export function loadIdentity(storage: Storage): Identity {
  const identity = {
    clusterId: loadId(storage, 'identity/cluster'),
    memberId: loadId(storage, 'identity/member'),
    raftTerm: Number(text(storage.entry('identity/term')) ?? 1) + 1,
  }
  storage.putEntry('identity/term', Buffer.from(String(identity.raftTerm)))
  return identity
}

function loadId(storage: Storage, name: string): bigint {
  const stored = text(storage.entry(name))
  if (stored !== undefined) return BigInt(`0x${stored}`)
  const made = randomBytes(8)
  // 0 means "none" in the protocol.
  made[7] = (made[7] ?? 0) | 1
  storage.putEntry(name, Buffer.from(made.toString('hex')))
  return made.readBigUInt64BE()
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString('ascii')
}
