import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { parseHead } from '../../records/head.ts'
import { recordFolders } from '../../records/keys.ts'

/** The release that a document is at. */
export interface LatestRelease {
  readonly path: string
  readonly release: number
  readonly author: string | undefined
  /** By the publisher's clock, ISO 8601. */
  readonly at: string
}

/** Reads the head of each document, and no document. */
export async function latestReleases(
  etcd: EtcdClient,
  since: string,
  deadline: Deadline,
): Promise<readonly LatestRelease[]> {
  const found: LatestRelease[] = []
  for await (const { key, bytes } of etcd.kv.list({ prefix: recordFolders.heads }, deadline.call())) {
    const { record } = parseHead(bytes)
    if (record === undefined || record.at < since) continue
    const { release, author, at } = record
    found.push({ path: key.slice(recordFolders.heads.length), release, author, at })
  }
  return found.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}
