import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { parseHead } from '../../records/head.ts'
import { headKey } from '../../records/keys.ts'
import { readPathStates } from './path-state.ts'

/** A document as it is now, and what is recorded of it. */
export interface CurrentDocument {
  readonly path: string
  /** Exactly as it was written; absent when there is none. */
  readonly bytes: Uint8Array | undefined
  /** Of the bytes: SHA-256 in hexadecimal. */
  readonly checksum: string | undefined
  /** The release that it is at; 0 when none was made of it. */
  readonly release: number
  /** Of that release. */
  readonly author: string | undefined
  /** When that release was made, by the publisher's clock, ISO 8601. */
  readonly at: string | undefined
  /** Somebody has changed it by hand since. */
  readonly changedByHand: boolean
  /** The store's revision at which it was last written; absent when there is none. */
  readonly modRevision: bigint | undefined
  /** The store's revision of this answer. */
  readonly revision: bigint
}

export async function readCurrent(etcd: EtcdClient, path: string, deadline: Deadline): Promise<CurrentDocument> {
  const [[state], stored] = await Promise.all([
    readPathStates(etcd, [path], deadline),
    etcd.kv.get(headKey(path), deadline.call()),
  ])
  const head = stored && parseHead(stored.bytes).record
  return {
    path,
    bytes: state?.document?.bytes,
    checksum: state?.checksum,
    release: state?.recorded ?? 0,
    author: head?.author,
    at: head?.at,
    changedByHand: state?.external === true,
    modRevision: state?.document?.modRevision,
    revision: state?.revision ?? 0n,
  }
}
