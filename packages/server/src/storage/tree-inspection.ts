import { statSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '@waypost/core'
import { parseCheckpoint, type StoredCheckpoint } from './checkpoint.ts'
import {
  type Meta,
  noPage,
  readMeta,
  readNumber,
  readTreeRecord,
  type TreeRecord,
  treeRecordBytes,
} from './lmdb-format.ts'
import { tombstoneKeyBytes } from './lmdb-keys.ts'
import { PageFile } from './lmdb-pages.ts'
import { mainTreeName, TreeWalk } from './lmdb-walk.ts'
import { checkedEnd, checkedValue, isHeadIntact, keyInMessage, revisionSeed } from './record-checksum.ts'
import type { RevisionVisitor } from './storage.ts'
import { areDigestsEqual, emptyDigest, RunningDigest } from './tree-digest.ts'

export const treeFileName = 'data.mdb'
export const revisionsName = 'revisions'
export const leasesName = 'leases'
export const entriesName = 'entries'
export const checkpointName = 'checkpoint'

/** How many damaged revisions are listed. */
const maxDamaged = 1_000

export interface DamagedRevision {
  readonly main: number
  readonly sub: number
  readonly tombstone: boolean
  /** The key that it belongs to, when only its value is damaged; undefined when nothing of it can be trusted. */
  readonly key: Buffer | undefined
}

/** As messages name it. */
export function describeDamaged({ main, sub, key }: DamagedRevision): string {
  return key === undefined
    ? `the record of revision ${main}.${sub}`
    : `the value of ${quoted(key.toString())} in revision ${main}.${sub}`
}

/** What a tree's file holds, read without LMDB. */
export interface TreeInspection {
  /** False when there is no file, or an empty one, which is what a crash at the very first start leaves. */
  readonly exists: boolean
  /** Whether it starts as a file of LMDB does. When it does not, nothing else is known. */
  readonly isTree: boolean
  /** Whether its revisions were read. */
  readonly hasRevisions: boolean
  /** LMDB's number of the last commit. */
  readonly txn: number
  /** What of LMDB's own structure does not hold, a clause each. */
  readonly problems: readonly string[]
  /** Undefined when nothing was ever committed, or when it is damaged: then `isComplete` is false. */
  readonly checkpoint: StoredCheckpoint | undefined
  /** Versions of keys. */
  readonly revisions: number
  readonly leases: ReadonlyMap<bigint, number>
  /** Without the checkpoint. */
  readonly entries: ReadonlyMap<string, Uint8Array>
  /** Revisions that were read and are not what was written. */
  readonly damaged: readonly DamagedRevision[]
  /** Whether all records that belong to the checkpoint are there, as the checkpoint's digest says, and no others. */
  readonly isComplete: boolean
}

export interface InspectionOptions {
  /** Whether the records have checksums: in data directories of format 2 and later. */
  readonly hasChecksums: boolean
  /** `none` leaves the revisions unread; their digest is then taken for right. */
  readonly revisions: 'all' | 'none'
  /** Which commit to read, whose pages are pinned. Default: the last one. */
  readonly meta?: Meta | undefined
  /** Receives every revision that is what was written: its stored bytes, checksums included. */
  readonly visit?: RevisionVisitor | undefined
  /** Whether `visit` receives damaged revisions too. Default false. */
  readonly visitsDamaged?: boolean | undefined
  /** Whether revisions are compared with their checksums; false: another thread does that. Default true. */
  readonly verifiesRevisions?: boolean | undefined
}

/**
 * Reads a tree's file from beginning to end by plain reads, and checks all of it. Meant for before LMDB maps the file
 * into memory, where a page that makes no sense can end the process. Nothing may be written meanwhile: when `txn` has
 * changed afterwards, something was.
 */
export function inspectTree(treePath: string, options: InspectionOptions): TreeInspection {
  const path = join(treePath, treeFileName)
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return { ...nothing, exists: false }
  const file = new PageFile(path)
  try {
    const meta = options.meta ?? readMeta(file.readAt)
    return meta === undefined ? { ...nothing, exists: true } : new Inspection(file, meta, options).result()
  } finally {
    file.close()
  }
}

export function isFaultless({ problems, damaged, isComplete }: TreeInspection): boolean {
  return problems.length === 0 && damaged.length === 0 && isComplete
}

/** LMDB's number of the last commit; undefined when the file is no tree. */
export function lastCommitOf(treePath: string): number | undefined {
  const path = join(treePath, treeFileName)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const file = new PageFile(path)
  try {
    return readMeta(file.readAt)?.txn
  } finally {
    file.close()
  }
}

const nothing = {
  isTree: false,
  hasRevisions: true,
  txn: 0,
  problems: [],
  checkpoint: undefined,
  revisions: 0,
  leases: new Map<bigint, number>(),
  entries: new Map<string, Uint8Array>(),
  damaged: [],
  isComplete: true,
}

class Inspection {
  readonly #meta: Meta
  readonly #options: InspectionOptions
  readonly #walk: TreeWalk
  readonly #trees = new Map<string, TreeRecord>()
  readonly #leases = new Map<bigint, number>()
  readonly #entries = new Map<string, Uint8Array>()
  readonly #damaged: DamagedRevision[] = []
  readonly #digest = new RunningDigest()
  #checkpoint: StoredCheckpoint | undefined
  #areRecordsSound = true

  constructor(file: PageFile, meta: Meta, options: InspectionOptions) {
    this.#meta = meta
    this.#options = options
    this.#walk = new TreeWalk(file, meta)
  }

  result(): TreeInspection {
    const walk = this.#walk
    walk.walk(mainTreeName, this.#meta.main, (page, keyStart, keyEnd, value, start, end) => {
      // The lmdb package ends names with a zero.
      if (end - start === treeRecordBytes)
        this.#trees.set(page.toString('latin1', keyStart, keyEnd - 1), readTreeRecord(value, start))
      else walk.problem('a record in its tree of names makes no sense')
    })
    this.#walkNamed(entriesName, (page, keyStart, keyEnd, value, start, end) =>
      this.#entry(page.subarray(keyStart, keyEnd), value.subarray(start, end)),
    )
    this.#walkNamed(leasesName, (page, keyStart, keyEnd, value, start, end) =>
      this.#lease(page.subarray(keyStart, keyEnd), value.subarray(start, end)),
    )
    if (this.#options.revisions === 'all') this.#walkRevisions()
    // Last, because a free page is at fault when it is also in use.
    if (this.#options.revisions === 'all') this.#walkFreePages()
    return {
      exists: true,
      isTree: true,
      hasRevisions: this.#options.revisions === 'all',
      txn: this.#meta.txn,
      problems: walk.problems,
      checkpoint: this.#checkpoint,
      revisions: this.#digest.value.revisions,
      leases: this.#leases,
      entries: this.#entries,
      damaged: this.#damaged,
      isComplete: this.#isComplete(),
    }
  }

  #walkNamed(name: string, visit: Parameters<TreeWalk['walk']>[2]): void {
    const record = this.#trees.get(name)
    if (record !== undefined) this.#walk.walk(name, record, visit)
  }

  #walkRevisions(): void {
    const { hasChecksums, visit, visitsDamaged = false, verifiesRevisions = hasChecksums } = this.#options
    const lastMain = this.#checkpoint?.revision ?? 0
    this.#walkNamed(revisionsName, (page, keyStart, keyEnd, value, start, end) => {
      const keyBytes = keyEnd - keyStart
      if (keyBytes !== tombstoneKeyBytes && keyBytes !== tombstoneKeyBytes - 1) {
        this.#walk.problem('a key in its tree of revisions makes no sense')
        return
      }
      const main = page.readUInt32BE(keyStart) * 2 ** 32 + page.readUInt32BE(keyStart + 4)
      const sub = page.readUInt32BE(keyStart + 8) * 2 ** 32 + page.readUInt32BE(keyStart + 12)
      const tombstone = keyBytes === tombstoneKeyBytes
      if (main <= lastMain) this.#digest.addRevision(main, sub, tombstone)
      if (verifiesRevisions) {
        const seed = revisionSeed(main, sub, tombstone)
        if (checkedEnd(value, start, end, seed) < 0) {
          if (this.#damaged.length < maxDamaged)
            this.#damaged.push({
              main,
              sub,
              tombstone,
              key: isHeadIntact(value, start, end, seed) ? keyInMessage(value, start, end) : undefined,
            })
          if (!visitsDamaged) return
        }
      }
      visit?.(main, sub, tombstone, value, start, end)
    })
  }

  #entry(nameBytes: Buffer, stored: Buffer): void {
    const value = this.#options.hasChecksums ? checkedValue(nameBytes, stored) : stored
    const name = nameBytes.toString()
    if (value === undefined) {
      this.#areRecordsSound = false
      return
    }
    if (name === checkpointName) {
      this.#checkpoint = parseCheckpoint(value)
      if (this.#checkpoint === undefined) this.#areRecordsSound = false
      return
    }
    this.#entries.set(name, Buffer.from(value))
    this.#digest.changeEntry(name, undefined, value)
  }

  #lease(key: Buffer, stored: Buffer): void {
    const value = this.#options.hasChecksums ? checkedValue(key, stored) : stored
    const ttlSeconds = Number(value?.toString('ascii'))
    if (key.length !== 8 || value === undefined || !Number.isSafeInteger(ttlSeconds)) {
      this.#areRecordsSound = false
      return
    }
    const id = key.readBigInt64BE()
    this.#leases.set(id, ttlSeconds)
    this.#digest.changeLease(id, undefined, ttlSeconds)
  }

  /**
   * The pages that may be written next. Each item has its number of words, then for each page or stretch of pages: the
   * page; or the negative length and the first page; or nothing, a zero. Source: `mdb_freelist_save` in the lmdb package.
   */
  #walkFreePages(): void {
    const walk = this.#walk
    walk.walk('of free pages', this.#meta.freePages, (_page, _keyStart, _keyEnd, value, start, end) => {
      const words = Math.floor((end - start) / 8)
      const used = words === 0 ? 0 : readNumber(value, start)
      if (used >= words && used > 0) {
        walk.problem('its list of free pages makes no sense')
        return
      }
      for (let word = 1; word <= used; word++) {
        const at = start + word * 8
        const number = Number(value.readBigInt64LE(at))
        if (number > 0) walk.markFree(number, 1)
        else if (number < 0 && word < used) {
          word += 1
          walk.markFree(readNumber(value, start + word * 8), -number)
        } else if (number < 0) walk.problem('its list of free pages makes no sense')
      }
    })
  }

  #isComplete(): boolean {
    if (!this.#areRecordsSound) return false
    const isEmpty = this.#trees.size === 0 || [...this.#trees.values()].every(({ root }) => root === noPage)
    const { hasChecksums, revisions } = this.#options
    if (!hasChecksums) return this.#checkpoint !== undefined || isEmpty
    if (this.#checkpoint === undefined) return areDigestsEqual(this.#digest.value, emptyDigest) && isEmpty
    const { digest } = this.#checkpoint
    if (digest === undefined) return false
    const found = this.#digest.value
    return areDigestsEqual(
      digest,
      revisions === 'all' ? found : { ...found, revisions: digest.revisions, revisionSum: digest.revisionSum },
    )
  }
}
