import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { type DataFormat, formatVersion, newDirectoryId, nextTree, writeFormat } from './data-format.ts'
import { livingOwnerOf, removeOtherTrees } from './directory-preparation.ts'
import { logDirectoryOf, logFolderName } from './kept-log.ts'
import { assertTreeIsWhole } from './lmdb-file.ts'
import { LmdbStorage, type LmdbStorageOptions } from './lmdb-storage.ts'
import { LmdbTrees } from './lmdb-trees.ts'
import { encodeManifest, manifestName } from './log-manifest.ts'
import { scanLog } from './log-scan.ts'
import { syncDirectory } from './sync-directory.ts'
import { copyTree } from './tree-copy.ts'
import { describeDamaged, inspectTree, isFaultless, lastCommitOf, type TreeInspection } from './tree-inspection.ts'

export type TreeOptions = Pick<LmdbStorageOptions, 'clock' | 'slices' | 'verifyInThreadFromBytes'> & {
  readonly onWarning: (message: string) => void
  /** Whether loading the tree has found damage. */
  readonly isSuspect: boolean
}

export interface OpenedTree {
  readonly storage: LmdbStorage
  /** As FORMAT says, or, when the tree is built again from the log, as it has to say when that is done. */
  readonly format: DataFormat
  /** The damaged tree that `format.tree` takes the place of. */
  readonly replaces: string | undefined
}

/** Names of entries that are made by chance and not by commands. */
const identityPrefix = 'identity/'

/** How often a tree is read again because another process wrote to it, which is noticed afterwards. */
const maxInspections = 5

/**
 * Opens the tree that FORMAT names. All but its revisions is checked before; these are checked while they are loaded, and
 * when that finds damage the tree is opened again as suspect, and read as a whole. A tree of format 1 is converted. In a
 * tree that is damaged, what can be repaired without losing anything is repaired, and what cannot is refused:
 *
 * - the records are all there and only LMDB's own structure is damaged: they are copied into a new tree;
 * - records are damaged or missing, and the log goes back to the first command: the tree is built again from the log;
 * - only values are damaged: the store starts, and what needs these values is answered with `data-loss`;
 * - otherwise: `data-loss`. A file that is no tree, or was cut off, is `data-dir-foreign`: a wrong mount, or half a copy.
 */
export async function openTree(directory: string, format: DataFormat, options: TreeOptions): Promise<OpenedTree> {
  const { onWarning } = options
  const path = join(directory, format.tree)
  const opened = (sound: DataFormat, inspection = inspect(directory, sound)): OpenedTree => ({
    storage: new LmdbStorage({
      ...options,
      path: join(directory, sound.tree),
      directory,
      directoryId: sound.id,
      inspection,
    }),
    format: sound,
    replaces: undefined,
  })

  if (format.isUnfinished) dropHalfTree(path)
  assertTreeIsWhole(path)
  if (format.version === 1) return opened(await convert(directory, format))
  if (!options.isSuspect) {
    const light = inspectTree(path, { hasChecksums: true, revisions: 'none' })
    if (isFaultless(light) && light.exists && isOurs(format, light)) return opened(format, light)
  }
  const inspection = inspect(directory, format)
  assertNotForeign(directory, format, inspection)
  if (isFaultless(inspection) && isOurs(format, inspection)) return opened(format, inspection)

  assertNotInUse(directory)
  const what = describe(directory, format, inspection)
  const hasAllRecords = inspection.isComplete && isOurs(format, inspection)
  if (hasAllRecords && inspection.damaged.length === 0) {
    const copied = await copyInto(directory, format)
    onWarning(`${what} All of the data is intact; it was copied to ${copied.tree}.`)
    return opened(copied)
  }
  if (canBuildFromLog(directory, format, inspection)) {
    const tree = nextTree(format.tree)
    const fresh = join(directory, tree)
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh)
    await syncDirectory(directory)
    onWarning(`${what} The log has everything from the first command on, so the tree is built again from it.`)
    const storage = new LmdbStorage({ ...options, path: fresh, directory, directoryId: format.id })
    for (const [name, value] of Object.entries(format.identity)) storage.putEntry(name, Buffer.from(value))
    return { storage, format: { ...format, tree }, replaces: inspection.exists ? format.tree : undefined }
  }
  if (hasAllRecords && inspection.damaged.every(({ key }) => key !== undefined)) {
    const sound = inspection.problems.length === 0 ? format : await copyInto(directory, format)
    onWarning(
      `${what} What needs these values is refused with data-loss, and the rest is served. Put or delete their keys, or ` +
        'restore a backup. `waypost check data` lists them.',
    )
    return opened(sound)
  }
  throw new WaypostError('data-loss', `${what} The log does not go back far enough to repair it. Nothing was changed.`)
}

/** Nothing was ever kept in a tree whose first start was interrupted, so half of one is dropped. */
function dropHalfTree(path: string): void {
  const isHalf = (): boolean => {
    try {
      assertTreeIsWhole(path)
      return !isFaultless(inspectTree(path, { hasChecksums: true, revisions: 'all' }))
    } catch {
      return true
    }
  }
  if (isHalf()) rmSync(path, { recursive: true, force: true })
}

/** Whether the tree has what it had when the first start came to its end. */
function isOurs({ id, isUnfinished, identity }: DataFormat, { checkpoint, entries }: TreeInspection): boolean {
  if (checkpoint === undefined) return isUnfinished
  const found = identityOf(entries)
  return checkpoint.directoryId === id && Object.keys(identity).every((name) => found[name] !== undefined)
}

function assertNotForeign(directory: string, { id, tree }: DataFormat, { checkpoint }: TreeInspection): void {
  if (checkpoint !== undefined && checkpoint.directoryId !== id)
    throw new WaypostError(
      'data-dir-foreign',
      `${join(directory, tree)} belongs to another data directory. Nothing was changed.`,
    )
}

/** Reads again when the tree has changed meanwhile. Only another process can do that, and opening the tree finds it. */
function inspect(directory: string, format: DataFormat): TreeInspection {
  const path = join(directory, format.tree)
  for (let attempt = 1; ; attempt++) {
    const inspection = inspectTree(path, { hasChecksums: format.version > 1, revisions: 'all' })
    if (isFaultless(inspection) || !inspection.exists) return inspection
    if (lastCommitOf(path) === inspection.txn || attempt === maxInspections) return inspection
  }
}

function assertNotInUse(directory: string): void {
  const pid = livingOwnerOf(directory)
  if (pid !== undefined)
    throw new WaypostError('data-dir-in-use', `The data directory ${directory} is in use by process ${pid}.`, {
      details: { pid },
    })
}

function describe(directory: string, { tree }: DataFormat, inspection: TreeInspection): string {
  const path = join(directory, tree)
  if (!inspection.exists || inspection.checkpoint === undefined) return `The tree ${path} is missing, or empty.`
  const [first] = inspection.damaged
  const revisions = inspection.damaged.length
  if (first !== undefined)
    return (
      `The tree ${path} is damaged: ${describeDamaged(first)}` +
      `${revisions > 1 ? `, and ${revisions - 1} more,` : ''} is not what was written.`
    )
  const [problem] = inspection.problems
  if (problem !== undefined) return `The tree ${path} is damaged: ${problem}.`
  return `The tree ${path} is damaged: it does not hold the records that it should.`
}

function canBuildFromLog(directory: string, format: DataFormat, { checkpoint }: TreeInspection): boolean {
  const path = join(directory, logFolderName)
  if (!existsSync(path) || Object.keys(format.identity).length === 0) return false
  try {
    const log = scanLog({
      directory: logDirectoryOf(directory),
      directoryId: format.id,
      appliedIndex: 0,
      mustExist: true,
    })
    return log.after === 0 && log.lastIndex >= (checkpoint?.appliedIndex ?? 0)
  } catch {
    return false
  }
}

/** Makes a data directory of format 1 one of the present format, all at once when FORMAT is replaced. */
async function convert(directory: string, format: DataFormat): Promise<DataFormat> {
  const old = join(directory, format.tree)
  // Opened so that no other process takes the directory meanwhile.
  const hold = existsSync(old) ? new LmdbTrees(old, directory, '') : undefined
  try {
    const converted = { ...format, version: formatVersion, id: newDirectoryId(), tree: nextTree(format.tree) }
    const inspection = await copyTree(old, join(directory, converted.tree), {
      directory,
      directoryId: converted.id,
      hasChecksums: false,
    })
    if (inspection.problems[0] !== undefined || !inspection.isComplete)
      throw new WaypostError('data-dir-foreign', `${describe(directory, format, inspection)} Nothing was changed.`)
    await syncDirectory(directory)
    await hold?.close()
    return await adopt(directory, converted, inspection)
  } catch (error) {
    await hold?.close()
    throw error
  }
}

async function adopt(
  directory: string,
  format: DataFormat,
  { checkpoint, entries }: TreeInspection,
): Promise<DataFormat> {
  const log = logDirectoryOf(directory)
  log.prepare()
  const appliedIndex = checkpoint?.appliedIndex ?? 0
  const { segments, after } = scanLog({ directory: log, directoryId: '', appliedIndex, mustExist: false })
  await log.writeNote(
    manifestName,
    encodeManifest({
      directory: format.id,
      after,
      segments: segments.map(({ sequence, salt }) => ({ sequence, salt })),
    }),
  )
  const adopted = { ...format, identity: identityOf(entries) }
  await writeFormat(directory, adopted)
  removeOtherTrees(directory)
  return adopted
}

export function identityOf(entries: Iterable<readonly [name: string, value: Uint8Array]>): Record<string, string> {
  const identity: Record<string, string> = {}
  for (const [name, value] of entries)
    if (name.startsWith(identityPrefix)) identity[name] = Buffer.from(value).toString('ascii')
  return identity
}

/** Moves what a damaged tree holds into a new one. The old one is kept beside it. */
async function copyInto(directory: string, format: DataFormat): Promise<DataFormat> {
  const copied = { ...format, tree: nextTree(format.tree) }
  await copyTree(join(directory, format.tree), join(directory, copied.tree), {
    directory,
    directoryId: format.id,
    hasChecksums: true,
  })
  await syncDirectory(directory)
  await replaceTree(directory, format.tree, copied)
  return copied
}

/** Makes FORMAT name another tree, and keeps the damaged one under another name, for an operator to look at. */
export async function replaceTree(directory: string, damaged: string, format: DataFormat): Promise<void> {
  await writeFormat(directory, format)
  const kept = join(directory, `damaged-${damaged}`)
  rmSync(kept, { recursive: true, force: true })
  renameSync(join(directory, damaged), kept)
}
