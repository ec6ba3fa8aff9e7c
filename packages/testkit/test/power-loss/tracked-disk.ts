import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A write that no sync has followed: what stood there before, to be put back if the write is lost. */
interface UnsyncedWrite {
  readonly order: number
  readonly position: number
  readonly before: Buffer
}

/** What of a directory would outlive a loss of power now, as far as the program has asked for it by syncing. */
export class TrackedDisk {
  readonly root: string
  /** Once the power is gone no sync succeeds any more. */
  hasPower = true
  /** Whether fdatasync does what it reports. */
  readonly #isHonest: boolean
  /** Every file ever seen, so that it can be had after it was removed. */
  readonly #vault: string
  /** By inode. A file that is not here was never synced. */
  readonly #unsynced = new Map<number, UnsyncedWrite[]>()
  /** The names in each directory as of its last sync. */
  readonly #names = new Map<string, ReadonlyMap<string, number>>()
  /** The content of each tree, by inode, as of its last durable commit. */
  readonly #trees = new Map<number, Buffer>()
  #writes = 0

  constructor(root: string, vault: string, options: { readonly isHonest: boolean }) {
    this.root = root
    this.#vault = vault
    this.#isHonest = options.isHonest
    mkdirSync(vault)
    if (existsSync(root)) this.#takeOver(root)
  }

  /** What is there at the beginning is there for good. */
  #takeOver(directory: string): void {
    const names = this.namesIn(directory)
    this.#names.set(directory, names)
    for (const [name, inode] of names) {
      const path = join(directory, name)
      if (statSync(path).isDirectory()) this.#takeOver(path)
      else if (name === 'data.mdb') this.#trees.set(inode, readFileSync(path))
      else this.#unsynced.set(inode, [])
    }
  }

  /** To be called before bytes are written over `before`. */
  willWrite(inode: number, position: number, before: Buffer): void {
    this.#unsynced.get(inode)?.push({ order: this.#writes++, position, before })
  }

  /** To be called when a sync of a file begins; the result when it has succeeded. */
  syncsFile(inode: number, how: 'fsync' | 'fdatasync'): () => void {
    const until = this.#writes
    return () => {
      if (how === 'fdatasync' && !this.#isHonest) return
      const later = (this.#unsynced.get(inode) ?? []).filter(({ order }) => order >= until)
      this.#unsynced.set(inode, later)
    }
  }

  /** The same for a directory. */
  syncsNames(path: string): () => void {
    const names = this.namesIn(path)
    return () => {
      this.#names.set(path, names)
    }
  }

  /** To be called when a tree has said that all of it is durable. */
  treeIsDurable(inode: number, content: Buffer): void {
    if (this.hasPower) this.#trees.set(inode, content)
  }

  /** The names in a directory now, with their inodes. */
  namesIn(path: string): Map<string, number> {
    const names = new Map<string, number>()
    for (const name of readdirSync(path)) {
      const stat = statSync(join(path, name), { throwIfNoEntry: false })
      if (stat === undefined) continue
      names.set(name, stat.ino)
      if (stat.isFile()) this.#keep(join(path, name), stat.ino)
    }
    return names
  }

  syncedNames(path: string): ReadonlyMap<string, number> {
    return this.#names.get(path) ?? new Map()
  }

  /** Where the content of a file that was seen can be read, whether it has a name or not. */
  contentPath(inode: number): string {
    return join(this.#vault, String(inode))
  }

  /** Undefined for a file that was never synced. */
  unsyncedWrites(inode: number): readonly UnsyncedWrite[] | undefined {
    return this.#unsynced.get(inode)
  }

  durableTree(inode: number): Buffer | undefined {
    return this.#trees.get(inode)
  }

  #keep(path: string, inode: number): void {
    try {
      linkSync(path, this.contentPath(inode))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}
