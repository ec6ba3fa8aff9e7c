import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { CommandLog } from './command-log.ts'
import {
  type DataFormat,
  formatName,
  freshFormat,
  isTree,
  nextTree,
  readFormat,
  snapshotFolderPrefix,
  unfinishedFormatName,
  writeFormat,
} from './data-format.ts'
import { holdDirectory } from './directory-lock.ts'
import { FileLogDirectory } from './file-log-directory.ts'
import { assertTreeIntact } from './lmdb-file.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import type { OpenBackendOptions, OpenLogOptions, StorageBackend } from './storage-backend.ts'
import { syncDirectory } from './sync-directory.ts'

/** Who opened the directory last. */
const ownerName = 'OWNER'
/** What operating systems, or a first start that was interrupted, leave in directories that are otherwise empty. */
const ignoredNames: ReadonlySet<string> = new Set(['lost+found', '.DS_Store', 'Thumbs.db', unfinishedFormatName])

/** A data directory in the hands of this process: the tree, and the log in front of it. */
export class DataDirectory implements StorageBackend {
  readonly storage: LmdbStorage
  readonly #path: string
  readonly #onWarning: (message: string) => void
  readonly #release: () => void
  #format: DataFormat
  #log: CommandLog | undefined
  #defragmenting: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(path: string, { clock, onWarning = () => {} }: OpenBackendOptions) {
    this.#path = path
    this.#onWarning = onWarning
    this.#release = holdDirectory(path)
    try {
      warnOfNamesake(path, onWarning)
      this.#format = readFormat(path)
      const treePath = join(path, this.#format.tree)
      dropHalfTree(treePath, this.#format)
      assertTreeIntact(treePath)
      this.storage = new LmdbStorage({ path: treePath, directory: path, clock, onWarning })
    } catch (error) {
      this.#release()
      throw error
    }
    try {
      // A process that has just defragmented no longer shows in the tree that FORMAT named when it was read.
      if (readFormat(path).tree !== this.#format.tree)
        throw new WaypostError('data-dir-in-use', `The data directory ${path} is in use by another process.`)
      this.#dropOtherTrees()
      rmSync(join(path, unfinishedFormatName), { force: true })
      for (const name of readdirSync(path))
        if (name.startsWith(snapshotFolderPrefix)) rmSync(join(path, name), { recursive: true, force: true })
      writeFileSync(join(path, ownerName), `${process.pid} ${hostname()}\n`)
    } catch (error) {
      this.storage.close().finally(this.#release)
      throw error
    }
  }

  /**
   * Opens the directory, made when it is not there, for this process alone.
   * Throws `WaypostError` with `data-dir-in-use`, `data-dir-unusable`, `data-dir-newer` or `data-dir-foreign`.
   */
  static async open(path: string, options: OpenBackendOptions = {}): Promise<DataDirectory> {
    const absolute = resolve(path)
    try {
      const directory = new DataDirectory(await prepare(absolute), options)
      await directory.#syncNames()
      return directory
    } catch (error) {
      throw explain(error, absolute)
    }
  }

  /** Replays what the log holds beyond the storage, and makes it ready for writing. To be called once. */
  async openLog({ replay, onSync }: OpenLogOptions): Promise<CommandLog> {
    try {
      const files = new FileLogDirectory(join(this.#path, 'log'))
      await syncDirectory(this.#path)
      this.#log = await CommandLog.open({
        directory: files,
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
   * Ends the first start: makes what is there durable, and from now on a tree that is damaged is refused. To be called
   * before anything is acknowledged.
   */
  async finish(): Promise<void> {
    if (!this.#format.isUnfinished) return
    await this.storage.flush()
    this.#format = { ...this.#format, isUnfinished: false }
    await writeFormat(this.#path, this.#format)
  }

  /**
   * Copies the tree without its gaps into a folder beside it and goes on there. Whatever happens, and whenever,
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
      this.#dropOtherTrees()
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

  /** Removes what a finished, failed or interrupted defragmentation has left. */
  #dropOtherTrees(): void {
    const tree = readFormat(this.#path).tree
    for (const name of readdirSync(this.#path))
      if (isTree(name) && name !== tree) rmSync(join(this.#path, name), { recursive: true, force: true })
  }

  /** Makes durable in the tree what can be, and lets go of the directory. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#defragmenting?.catch(() => {})
      await this.storage.close()
      await this.#log?.close()
    } finally {
      this.#release()
    }
  }
}

/** What a crash has left of a tree in which nothing was ever kept. */
function dropHalfTree(treePath: string, format: DataFormat): void {
  if (!format.isUnfinished) return
  try {
    assertTreeIntact(treePath)
  } catch {
    rmSync(treePath, { recursive: true, force: true })
  }
}

/**
 * In containers every server tends to be process 1, and of two processes of one number LMDB lets the second wait
 * until the first has ended. That is safe, but should not happen without a word.
 */
function warnOfNamesake(path: string, onWarning: (message: string) => void): void {
  const file = join(path, ownerName)
  const [pid, host] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  if (pid === String(process.pid) && host !== hostname())
    onWarning(`${path} was last used by process ${pid} on ${host}. If that one still runs, this one waits for its end.`)
}

/** Level by level: asked for all of them at once, Node never comes back from a place like /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Checks that the directory is one of ours, or empty and then made one; returns its real path. */
async function prepare(path: string): Promise<string> {
  makeDirectory(resolve(path))
  const directory = realpathSync(path)
  const names = readdirSync(directory)
  if (names.includes(formatName)) {
    readFormat(directory)
    return directory
  }
  const foreign = names.find((name) => !ignoredNames.has(name))
  if (foreign !== undefined)
    throw new WaypostError(
      'data-dir-foreign',
      `${directory} holds ${foreign}, which Waypost did not write. Nothing was changed.`,
    )
  await writeFormat(directory, freshFormat)
  await syncDirectory(dirname(directory))
  return directory
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
