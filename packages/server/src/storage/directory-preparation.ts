import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { WaypostError } from '@waypost/core'
import {
  formatName,
  freshFormat,
  isTree,
  readFormat,
  snapshotFolderPrefix,
  unfinishedFormatName,
  writeFormat,
} from './data-format.ts'
import { syncDirectory } from './sync-directory.ts'

/** The process that has the directory open, or had it when it crashed. */
const ownerName = 'OWNER'
/** What operating systems, or a first start that was interrupted, leave in directories that are otherwise empty. */
const ignoredNames: ReadonlySet<string> = new Set(['lost+found', '.DS_Store', 'Thumbs.db', unfinishedFormatName])

/** Checks that the directory is one of ours, or empty and then made one; returns its real path. */
export async function prepareDirectory(path: string): Promise<string> {
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
      `${directory} holds ${foreign}, which Waypost did not write, and no file ${formatName}. Nothing was changed.`,
    )
  await writeFormat(directory, freshFormat())
  await syncDirectory(dirname(directory))
  return directory
}

/** Level by level: asked for all of them at once, Node never comes back from a place like /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/**
 * In containers every server tends to be process 1, and of two processes of one number LMDB lets the second wait
 * until the first has ended. That is safe, but should not happen silently.
 */
export function warnOfNamesake(path: string, onWarning: (message: string) => void): void {
  const { pid, host } = ownerOf(path)
  if (pid === process.pid && host !== hostname())
    onWarning(`${path} was last used by process ${pid} on ${host}. If that one still runs, this one waits for its end.`)
}

export function writeOwner(path: string): void {
  writeFileSync(join(path, ownerName), `${process.pid} ${hostname()}\n`)
}

/** A closed directory has no owner. */
export function removeOwner(path: string): void {
  rmSync(join(path, ownerName), { force: true })
}

/** The other process on this machine that opened the directory last, if one of its number still runs. */
export function livingOwnerOf(path: string): number | undefined {
  const { pid, host } = ownerOf(path)
  if (pid === undefined || pid === process.pid || host !== hostname()) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : undefined
  }
}

function ownerOf(path: string): { pid?: number; host?: string | undefined } {
  const file = join(path, ownerName)
  const [pid, host] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  return Number.isInteger(Number(pid)) && Number(pid) > 0 ? { pid: Number(pid), host } : {}
}

/** Removes what a finished, failed or interrupted start, defragmentation or snapshot has left. */
export function removeLeftovers(path: string): void {
  removeOtherTrees(path)
  rmSync(join(path, unfinishedFormatName), { force: true })
  for (const name of readdirSync(path))
    if (name.startsWith(snapshotFolderPrefix)) rmSync(join(path, name), { recursive: true, force: true })
}

/** Removes every tree but the one that FORMAT names. */
export function removeOtherTrees(path: string): void {
  const { tree } = readFormat(path)
  for (const name of readdirSync(path))
    if (isTree(name) && name !== tree) rmSync(join(path, name), { recursive: true, force: true })
}
