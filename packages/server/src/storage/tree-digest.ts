import { entryChecksum, revisionSeed } from './record-checksum.ts'

/** What a tree holds, in six numbers: counts, and sums (modulo 2^32) of a checksum of each record. */
export interface TreeDigest {
  readonly revisions: number
  /** Of the keys alone: a revision never changes, and its own checksum covers its value. */
  readonly revisionSum: number
  readonly leases: number
  readonly leaseSum: number
  readonly entries: number
  readonly entrySum: number
}

export const emptyDigest: TreeDigest = {
  revisions: 0,
  revisionSum: 0,
  leases: 0,
  leaseSum: 0,
  entries: 0,
  entrySum: 0,
}

/**
 * The digest of a tree that changes. It is stored with each checkpoint: a tree from which a page is missing, or in which
 * an older page stands in for a newer one, has records that check, but not the ones that the digest was made of.
 */
export class RunningDigest {
  #digest: { -readonly [K in keyof TreeDigest]: TreeDigest[K] }

  constructor(digest: TreeDigest = emptyDigest) {
    this.#digest = { ...digest }
  }

  get value(): TreeDigest {
    return { ...this.#digest }
  }

  addRevision(main: number, sub: number, tombstone: boolean): void {
    this.#digest.revisions += 1
    this.#digest.revisionSum = (this.#digest.revisionSum + revisionSeed(main, sub, tombstone)) >>> 0
  }

  removeRevision(main: number, sub: number, tombstone: boolean): void {
    this.#digest.revisions -= 1
    this.#digest.revisionSum = (this.#digest.revisionSum - revisionSeed(main, sub, tombstone)) >>> 0
  }

  /** An undefined TTL: there is no such lease. */
  changeLease(id: bigint, beforeTtl: number | undefined, ttlSeconds: number | undefined): void {
    const digest = this.#digest
    if (beforeTtl !== undefined) {
      digest.leases -= 1
      digest.leaseSum = (digest.leaseSum - leaseChecksum(id, beforeTtl)) >>> 0
    }
    if (ttlSeconds === undefined) return
    digest.leases += 1
    digest.leaseSum = (digest.leaseSum + leaseChecksum(id, ttlSeconds)) >>> 0
  }

  /** An undefined value: there is no such entry. */
  changeEntry(name: string, before: Uint8Array | undefined, value: Uint8Array | undefined): void {
    const digest = this.#digest
    const nameBytes = Buffer.from(name)
    if (before !== undefined) {
      digest.entries -= 1
      digest.entrySum = (digest.entrySum - entryChecksum(nameBytes, before)) >>> 0
    }
    if (value === undefined) return
    digest.entries += 1
    digest.entrySum = (digest.entrySum + entryChecksum(nameBytes, value)) >>> 0
  }
}

export function areDigestsEqual(a: TreeDigest, b: TreeDigest): boolean {
  return (
    a.revisions === b.revisions &&
    a.revisionSum === b.revisionSum &&
    a.leases === b.leases &&
    a.leaseSum === b.leaseSum &&
    a.entries === b.entries &&
    a.entrySum === b.entrySum
  )
}

function leaseChecksum(id: bigint, ttlSeconds: number): number {
  return entryChecksum(Buffer.from(String(id)), Buffer.from(String(ttlSeconds)))
}
