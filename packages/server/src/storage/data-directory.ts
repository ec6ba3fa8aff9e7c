import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { CommandLog } from './command-log.ts'
import { holdDirectory } from './directory-lock.ts'
import { FileLogDirectory } from './file-log-directory.ts'
import { assertTreeIntact } from './lmdb-file.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import { syncDirectory } from './sync-directory.ts'

const formatVersion = 1
const formatName = 'FORMAT'
/** Who opened the directory last. */
const ownerName = 'OWNER'
/** What operating systems, or a first start that was interrupted, leave in directories that are otherwise empty. */
const ignoredNames: ReadonlySet<string> = new Set(['lost+found', '.DS_Store', 'Thumbs.db', `${formatName}.tmp`])

/** A data directory in the hands of this process: the tree, and the log in front of it. */
export class DataDirectory {
  readonly storage: LmdbStorage
  readonly #path: string
  readonly #onWarning: (message: string) => void
  readonly #release: () => void
  #log: CommandLog | undefined
  #closing: Promise<void> | undefined

  private constructor(path: string, onWarning: (message: string) => void) {
    this.#path = path
    this.#onWarning = onWarning
    this.#release = holdDirectory(path)
    try {
      warnOfNamesake(path, onWarning)
      const treePath = join(path, 'tree')
      assertTreeIntact(treePath)
      this.storage = new LmdbStorage({ path: treePath, directory: path, onWarning })
      writeFileSync(join(path, ownerName), `${process.pid} ${hostname()}\n`)
    } catch (error) {
      this.#release()
      throw error
    }
  }

  /**
   * Opens the directory, made when it is not there, for this process alone.
   * Throws `WaypostError` with `data-dir-in-use`, `data-dir-unusable`, `data-dir-newer` or `data-dir-foreign`.
   */
  static async open(path: string, onWarning: (message: string) => void = () => {}): Promise<DataDirectory> {
    const absolute = resolve(path)
    try {
      return new DataDirectory(await prepare(absolute), onWarning)
    } catch (error) {
      throw explain(error, absolute)
    }
  }

  /** Replays what the log holds beyond the storage, and makes it ready for writing. To be called once. */
  async openLog(
    replay: (index: number, command: Buffer) => void,
    onSync?: (durationMs: number) => void,
  ): Promise<CommandLog> {
    try {
      this.#log = await CommandLog.open({
        directory: new FileLogDirectory(join(this.#path, 'log')),
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

  /** Makes durable in the tree what can be, and lets go of the directory. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.storage.close()
      await this.#log?.close()
    } finally {
      this.#release()
    }
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
    checkFormat(directory)
    return directory
  }
  const foreign = names.find((name) => !ignoredNames.has(name))
  if (foreign !== undefined)
    throw new WaypostError(
      'data-dir-foreign',
      `${directory} holds ${foreign}, which Waypost did not write. Nothing was changed.`,
    )
  const temporary = join(directory, `${formatName}.tmp`)
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(`${JSON.stringify({ format: formatVersion })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, join(directory, formatName))
  await syncDirectory(directory)
  await syncDirectory(dirname(directory))
  return directory
}

function checkFormat(directory: string): void {
  const format = formatOf(readFileSync(join(directory, formatName), 'utf8'))
  if (format === undefined)
    throw new WaypostError(
      'data-dir-foreign',
      `${join(directory, formatName)} is not the one that Waypost writes. Nothing was changed.`,
    )
  if (format > formatVersion)
    throw new WaypostError(
      'data-dir-newer',
      `${directory} has the format ${format}; this version of Waypost knows formats up to ${formatVersion}.`,
    )
}

function formatOf(text: string): number | undefined {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null || !('format' in content)) return undefined
    return typeof content.format === 'number' && content.format >= 1 ? content.format : undefined
  } catch {
    return undefined
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
