import type { Header } from '../../print/answers.ts'
import { jsonLine } from '../../print/go-json.ts'
import { headerFields } from '../../print/json.ts'

/** What etcdctl prints as JSON about members. */

interface HashAnswer {
  readonly endpoint: string
  readonly header: Header
  readonly hash: number
  readonly compactRevision: bigint
}

export function hashJson(hashes: readonly HashAnswer[]): string {
  return jsonLine(
    hashes.map(({ endpoint, header, hash, compactRevision }) => ({
      Endpoint: endpoint,
      HashKV: { header: headerFields(header), hash, compact_revision: compactRevision },
    })),
  )
}
