import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { CommandLog } from './command-log.ts'
import { type DataFormat, nextTree, readFormat, writeFormat } from './data-format.ts'
import { holdDirectory } from './directory-lock.ts'
import {
  prepareDirectory,
  removeLeftovers,
  removeOtherTrees,
  removeOwner,
  warnOfNamesake,
  writeOwner,
} from './directory-preparation.ts'
import { logDirectoryOf, scanKeptLog } from './kept-log.ts'
import type { LmdbStorage } from './lmdb-storage.ts'
import type { ScannedLog } from './log-scan.ts'
import { identityOf, type OpenedTree, openTree, replaceTree } from './open-tree.ts'
import type { OpenBackendOptions, OpenLogOptions, StorageBackend } from './storage-backend.ts'
import { syncDirectory } from './sync-directory.ts'

/** A data directory in the hands of this process: the tree, and the log in front of it. */
export class DataDirectory implements StorageBackend {
  readonly storage: LmdbStorage
  readonly #path: string
  readonly #onWarning: (message: string) => void
  readonly #release: () => void
  /** What there is of the log; undefined until the first start has come to its end. */
  readonly #scanned: ScannedLog | undefined
  #format: DataFormat
  /** The damaged tree that makes room for this one when it is complete. */
  #replaces: string | undefined
  #isAdopted: boolean
  #log: CommandLog | undefined
  #defragmenting: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(
    path: string,
    opened: OpenedTree,
    scanned: ScannedLog | undefined,
    release: () => void,
    onWarning: (message: string) => void,
  ) {
    this.#path = path
    this.storage = opened.storage
    this.#format = opened.format
    this.#replaces = opened.replaces
    this.#isAdopted = readFormat(path).tree === opened.format.tree
    this.#scanned = scanned
    this.#release = release
    this.#onWarning = onWarning
  }

  /**
   * Opens the directory for this process alone, and creates it if it does not exist. All that it holds is checked first.
   * Throws `WaypostError` with `data-dir-in-use`, `data-dir-unusable`, `data-dir-newer`, `data-dir-foreign` or
   * `data-loss`.
   */
  static async open(path: string, options: OpenBackendOptions = {}): Promise<DataDirectory> {
    const absolute = resolve(path)
    try {
      const directory = await prepareDirectory(absolute)
      const release = holdDirectory(directory)
      try {
        const opened = await DataDirectory.#open(directory, release, options)
        await opened.#syncNames()
        return opened
      } catch (error) {
        release()
        throw error
      }
    } catch (error) {
      throw explain(error, absolute)
    }
  }

  static async #open(
    path: string,
    release: () => void,
    { clock, slices, onWarning = () => {}, isSuspect = false, verifyInThreadFromBytes }: OpenBackendOptions,
  ): Promise<DataDirectory> {
    warnOfNamesake(path, onWarning)
    const format = readFormat(path)
    const opened = await openTree(path, format, { clock, slices, onWarning, isSuspect, verifyInThreadFromBytes })
    const { storage } = opened
    try {
      const { tree } = readFormat(path)
      // A process that has just defragmented no longer shows in the tree that FORMAT named when it was read.
      if (tree !== format.tree && tree !== opened.format.tree)
        throw new WaypostError('data-dir-in-use', `The data directory ${path} is in use by another process.`)
      const scanned = scanKeptLog(path, opened.format, storage.durableIndex)
      if (tree === opened.format.tree) removeLeftovers(path)
      writeOwner(path)
      return new DataDirectory(path, opened, scanned, release, onWarning)
    } catch (error) {
      await storage.close()
      throw error
    }
  }

  /** Replays what the log holds beyond the storage, and makes it ready for writing. Must be called once. */
  async openLog({ replay, onSync }: OpenLogOptions): Promise<CommandLog> {
    try {
      const directory = logDirectoryOf(this.#path)
      directory.prepare()
      await syncDirectory(this.#path)
      this.#log = await CommandLog.open({
        directory,
        directoryId: this.#format.id,
        mustExist: this.#scanned !== undefined,
        scanned: this.#scanned,
        appliedIndex: this.storage.durableIndex,
        replay,
        onWarning: this.#onWarning,
        onSync,
      })
      return this.#log
    } catch (error) {
      throw explain(error, this.#path)
    }
  }

  /**
   * Ends the first start, or the one in which the tree was built again: makes what is there durable, and from now on a
   * directory that is damaged is refused. Must be called before anything is acknowledged.
   */
  async finish(): Promise<void> {
    if (!this.#format.isUnfinished && this.#isAdopted) return
    await this.storage.flush()
    // From now on a log must be there.
    if (this.#log === undefined) await this.openLog({ replay: () => {} })
    const identity = identityOf(this.storage.entries(''))
    const format = { ...this.#format, isUnfinished: false, identity }
    if (this.#replaces === undefined) await writeFormat(this.#path, format)
    else await replaceTree(this.#path, this.#replaces, format)
    this.#format = format
    this.#isAdopted = true
    this.#replaces = undefined
    removeOtherTrees(this.#path)
  }

  /**
   * Copies the tree without its gaps into a folder beside it and continues there. Whatever happens, and whenever,
   * FORMAT names a whole tree, and what the log lacks is in it.
   */
  defragment(): Promise<void> {
    this.#defragmenting ??= this.#defragment().finally(() => {
      this.#defragmenting = undefined
    })
    return this.#defragmenting
  }

  async #defragment(): Promise<void> {
    const format = { ...this.#format, tree: nextTree(this.#format.tree) }
    const path = join(this.#path, format.tree)
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
    // Before FORMAT may name it.
    await syncDirectory(this.#path)
    try {
      await this.storage.defragment(path, () => writeFormat(this.#path, format))
      this.#format = format
    } finally {
      removeOtherTrees(this.#path)
    }
  }

  /** LMDB syncs what its files hold, but not that they are there. */
  async #syncNames(): Promise<void> {
    try {
      await syncDirectory(join(this.#path, this.#format.tree))
      await syncDirectory(this.#path)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Makes durable in the tree what can be, and releases the directory. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#defragmenting?.catch(() => {})
      await this.storage.close()
      await this.#log?.close()
      removeOwner(this.#path)
    } finally {
      this.#release()
    }
  }
}

/** What LMDB says of a file that it cannot make sense of. */
const treeDamage =
  /MDB_INVALID|MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_VERSION_MISMATCH|not an LMDB|version mismatch|corrupt/i

function explain(error: unknown, path: string): WaypostError {
  if (WaypostError.is(error)) return error
  const message = messageOf(error)
  return treeDamage.test(message)
    ? new WaypostError('data-dir-foreign', `The tree in ${path} is damaged or not ours: ${message}`, { cause: error })
    : new WaypostError('data-dir-unusable', `The data directory ${path} cannot be used: ${message}`, { cause: error })
}
