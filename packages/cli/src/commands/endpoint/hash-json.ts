import type { Header } from '../../print/answers.ts'
import { headerFields, unlessZero } from '../../print/json.ts'
import type { Json } from '../../print/json-line.ts'

/** What etcdctl prints as JSON about members. */

interface HashAnswer {
  readonly endpoint: string
  readonly header: Header
  readonly hash: number
  readonly compactRevision: bigint
  readonly hashRevision: bigint
}

export function hashJson(hashes: readonly HashAnswer[]): Json {
  return hashes.map(({ endpoint, header, hash, compactRevision, hashRevision }) => ({
    Endpoint: endpoint,
    HashKV: {
      header: headerFields(header),
      hash,
      compact_revision: compactRevision,
      hash_revision: unlessZero(hashRevision),
    },
  }))
}
