import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { checkOptions, functionKind, type OptionKinds, required, wholeNumber } from '@waypost/core/options'

export interface ReplaceFileOptions {
  /** The mode of a file that is not there yet; one that is there keeps its own. */
  readonly mode: number
  /** Looks at the new file, under a name of its own beside the old one. When it rejects, nothing is replaced. */
  readonly check?: ((candidate: string) => Promise<void>) | undefined
}

const replaceFileOptionKinds: OptionKinds<ReplaceFileOptions> = {
  mode: required(wholeNumber(0, 0o7777)),
  check: functionKind<(candidate: string) => Promise<void>>(),
}

/**
 * Gives a file a new content, whole or not at all, also when the power fails. Mode and owner stay; a symbolic link stays
 * one. False: it has this content already, and was not touched.
 */
export async function replaceFile(file: string, content: Uint8Array, options: ReplaceFileOptions): Promise<boolean> {
  checkOptions('replaceFile', options, replaceFileOptionKinds)
  const { mode, check } = options
  const target = await targetOf(file)
  const before = await stat(target).catch(() => undefined)
  if (before && !before.isFile()) throw unwritable(file, 'it is not a regular file')
  if (before?.size === content.length && (await readFile(target)).equals(content)) return false
  // Hidden, so that what reads all files of the folder does not read it; with the extension that programs go by.
  const candidate = join(dirname(target), `.${randomBytes(6).toString('hex')}-${basename(target)}`)
  try {
    await write(file, candidate, content, before, mode)
    await check?.(candidate)
    await rename(candidate, target)
  } catch (error) {
    await rm(candidate, { force: true }).catch(() => {})
    throw WaypostError.is(error) ? error : unwritable(file, messageOf(error), error)
  }
  await syncFolder(dirname(target))
  return true
}

/** Where a file leads through symbolic links, also when nothing is there yet. */
async function targetOf(file: string): Promise<string> {
  let target = file
  for (let links = 0; links < maxLinks; links++) {
    try {
      return await realpath(target)
    } catch (error) {
      if (!isMissing(error)) throw unwritable(file, messageOf(error), error)
    }
    const link = await readlink(target).catch(() => undefined)
    if (link === undefined) return target
    target = resolve(dirname(target), link)
  }
  throw unwritable(file, 'its symbolic links form a loop')
}

/** As many as Linux follows. */
const maxLinks = 40

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function write(
  file: string,
  candidate: string,
  content: Uint8Array,
  before: Stats | undefined,
  mode: number,
): Promise<void> {
  // Nobody else may read it before it has its owner.
  await using handle = await openNew(candidate)
  await handle.file.writeFile(content)
  if (before) await keepOwner(file, handle.file, before)
  await handle.file.chmod((before?.mode ?? mode) & 0o7777)
  await handle.file.sync()
}

async function openNew(name: string): Promise<{ readonly file: FileHandle } & AsyncDisposable> {
  const file = await open(name, 'wx', 0o600)
  return { file, [Symbol.asyncDispose]: () => file.close() }
}

async function keepOwner(file: string, handle: FileHandle, before: Stats): Promise<void> {
  const { uid, gid } = await handle.stat()
  if (uid === before.uid && gid === before.gid) return
  try {
    await handle.chown(before.uid, before.gid)
  } catch (error) {
    throw unwritable(file, `this user may not keep its owner (${before.uid}:${before.gid})`, error)
  }
}

/** So that the name survives a power failure too. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    // The file itself is whole in any case.
  }
}

function unwritable(file: string, reason: string, cause?: unknown): WaypostError {
  return new WaypostError('failed-precondition', `${file} cannot be written: ${reason}.`, { cause })
}
