import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { parseApplied } from '../../records/applied.ts'
import { recordFolders } from '../../records/keys.ts'

/** What one live process does not take. */
export interface Rejection {
  readonly path: string
  readonly app: string
  readonly instance: string
  /** Why. Without any secret. */
  readonly reason: string | undefined
  readonly at: string
}

export async function readRejections(
  etcd: EtcdClient,
  limit: number,
  deadline: Deadline,
): Promise<readonly Rejection[]> {
  const found: Rejection[] = []
  for await (const { key, bytes } of etcd.kv.list({ prefix: recordFolders.applied }, deadline.call())) {
    const { record } = parseApplied(bytes)
    if (record?.state !== 'rejected') continue
    const { app, instance, reason, at } = record
    const rest = key.slice(recordFolders.applied.length)
    found.push({ path: rest.slice(0, rest.lastIndexOf('/')), app, instance, reason, at })
    if (found.length === limit) break
  }
  return found
}
