import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { messageOf, throwIfAborted, WaypostError } from '@waypost/core'
import { abortSignal, boolean, checkOptions, type OptionKinds } from '@waypost/core/options'
import { maxDocumentBytes } from '../../documents/document-text.ts'
import type { DocumentTree, ReadTree, SkippedEntry } from './document-tree.ts'
import { fileNameOf, pathOfFile } from './file-name.ts'

export interface WriteDirectoryOptions {
  /** Deletes files that stand for documents that are not among those given. Hidden files stay. Default false. */
  readonly deleteOthers?: boolean | undefined
  /** True: changes nothing, and says what would change. Default false. */
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

const writeDirectoryOptionKinds: OptionKinds<WriteDirectoryOptions> = {
  deleteOthers: boolean,
  dryRun: boolean,
  signal: abortSignal,
}

/** What writing a directory changed, or would change: file names relative to it. */
export interface DirectoryChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly deleted: readonly string[]
  readonly unchanged: number
}

/**
 * Writes documents to files below a directory, each whole or not at all, so that git can hold them. An unchanged file
 * is not touched. Fails with `failed-precondition` rather than write through a symbolic link.
 */
export async function writeDirectory(
  directory: string,
  documents: DocumentTree,
  options: WriteDirectoryOptions = {},
): Promise<DirectoryChanges> {
  checkOptions('writeDirectory', options, writeDirectoryOptionKinds)
  const { deleteOthers = false, dryRun = false, signal } = options
  const folders = new Set<string>()
  for (const path of documents.keys()) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      folders.add(path.slice(0, slash))
    }
  }
  const files = new Map([...documents].map(([path, bytes]) => [fileNameOf(path, folders.has(path)), bytes]))
  const present = (await filesBelow(directory, [])) ?? []
  const added: string[] = []
  const changed: string[] = []
  for (const [name, bytes] of files) {
    throwIfAborted(signal)
    const before = present.includes(name) ? await readFile(join(directory, name)) : undefined
    if (before !== undefined && Buffer.compare(before, bytes) === 0) continue
    ;(before === undefined ? added : changed).push(name)
  }
  const deleted = deleteOthers ? present.filter((name) => !files.has(name)) : []
  const unchanged = files.size - added.length - changed.length
  if (dryRun) return { added, changed, deleted, unchanged }
  // First of all: a file may have to make room for a folder.
  for (const name of deleted) await rm(join(directory, name))
  for (const name of [...added, ...changed]) {
    throwIfAborted(signal)
    const bytes = files.get(name)
    if (bytes !== undefined) await writeWhole(directory, name, bytes)
  }
  return { added, changed, deleted, unchanged }
}

/**
 * Reads the documents below a directory. Hidden files, symbolic links and what is too large are skipped. Fails with
 * `not-found` when there is no directory.
 */
export async function readDirectory(
  directory: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ReadTree> {
  checkOptions('readDirectory', options, { signal: abortSignal })
  const { signal } = options
  const documents = new Map<string, Uint8Array>()
  const skipped: SkippedEntry[] = []
  const files = await filesBelow(directory, skipped)
  if (files === undefined) throw new WaypostError('not-found', `There is no directory ${directory}.`)
  for (const name of files) {
    throwIfAborted(signal)
    try {
      const path = pathOfFile(name)
      const { size } = await lstat(join(directory, name))
      if (size > maxDocumentBytes) throw new Error(`it has ${size} bytes; a document may have ${maxDocumentBytes}`)
      if (documents.has(path)) throw new Error(`another file also maps to ${path}`)
      documents.set(path, await readFile(join(directory, name)))
    } catch (error) {
      skipped.push({ name, reason: messageOf(error) })
    }
  }
  return { documents, skipped }
}

/** Regular files that are not hidden, with slashes, by name; `undefined` when there is no directory. */
async function filesBelow(directory: string, skipped: SkippedEntry[]): Promise<readonly string[] | undefined> {
  const files: string[] = []
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.name.startsWith('.')) skipped.push({ name, reason: 'it is hidden', harmless: true })
      else if (entry.isDirectory()) await visit(name)
      else if (entry.isFile()) files.push(name)
      else skipped.push({ name, reason: 'it is neither a file nor a directory' })
    }
  }
  try {
    await visit('')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return files.sort()
}

async function writeWhole(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  const file = join(directory, name)
  await refuseLinks(directory, name)
  const temporary = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(dirname(file), { recursive: true })
    // Documents hold secrets of those who do not encrypt them. A file whose mode somebody has changed keeps it.
    const mode = await stat(file).then(
      (found) => found.mode & 0o777,
      () => 0o600,
    )
    await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 })
    if (mode !== 0o600) await chmod(temporary, mode)
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new WaypostError('failed-precondition', `${file} cannot be written: ${messageOf(cause)}.`, { cause })
  }
}

/** A link below the directory may lead anywhere. */
async function refuseLinks(directory: string, name: string): Promise<void> {
  let folder = directory
  for (const segment of name.split('/').slice(0, -1)) {
    folder = join(folder, segment)
    const found = await lstat(folder).catch(() => undefined)
    if (found === undefined) return
    if (!found.isSymbolicLink()) continue
    throw new WaypostError(
      'failed-precondition',
      `${folder.replaceAll(sep, '/')} is a symbolic link: nothing is written through it.`,
    )
  }
}
