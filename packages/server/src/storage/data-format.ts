import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { encodeCheckedJson, parseCheckedJson } from './checked-json.ts'
import { syncDirectory } from './sync-directory.ts'

/** The file that says what a data directory is. It is replaced as a whole or not at all. */
export const formatName = 'FORMAT'
export const unfinishedFormatName = `${formatName}.tmp`
/** Folders in which snapshots are made; a crash leaves them behind. */
export const snapshotFolderPrefix = 'waypost-snapshot-'
/**
 * - 1: no checksums of records, no manifest of the log.
 * - 2: both; directories of format 1 are converted when they are opened.
 */
export const formatVersion = 2
const firstTree = 'tree'

/** What a data directory is, and which of its folders the data is in. */
export interface DataFormat {
  readonly version: number
  /** Its name, which its other files contain too, so that a file of another directory is noticed. Empty in format 1. */
  readonly id: string
  readonly tree: string
  /** Until the first start has come to its end: nothing was acknowledged, and a crash may have left half a tree. */
  readonly isUnfinished: boolean
  /** Entries that are not made by commands, for a tree that is built again from the log. */
  readonly identity: Readonly<Record<string, string>>
}

export function freshFormat(): DataFormat {
  return { version: formatVersion, id: newDirectoryId(), tree: firstTree, isUnfinished: true, identity: {} }
}

export function newDirectoryId(): string {
  return randomBytes(8).toString('hex')
}

/** Throws `WaypostError` with `data-dir-foreign` or `data-dir-newer`. */
export function readFormat(directory: string): DataFormat {
  const parsed = parseCheckedJson(readFileSync(join(directory, formatName), 'utf8'))
  const format = parsed && parse(parsed.content, parsed.hasChecksum)
  if (format === undefined)
    throw new WaypostError(
      'data-dir-foreign',
      `${join(directory, formatName)} is not the one that Waypost writes. Nothing was changed.`,
    )
  if (format.version > formatVersion)
    throw new WaypostError(
      'data-dir-newer',
      `${directory} has the format ${format.version}; this version of Waypost knows formats up to ${formatVersion}.`,
    )
  return format
}

export async function writeFormat(directory: string, format: DataFormat): Promise<void> {
  const temporary = join(directory, unfinishedFormatName)
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(encodeCheckedJson(contentOf(format)))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, join(directory, formatName))
  await syncDirectory(directory)
}

/** The folder that a copy of the data goes to. */
export function nextTree(tree: string): string {
  return `${firstTree}-${Number(/\d+$/.exec(tree)?.[0] ?? 0) + 1}`
}

export function isTree(name: string): boolean {
  return /^tree(-\d+)?$/.test(name)
}

function contentOf({ version, id, tree, isUnfinished, identity }: DataFormat): Record<string, unknown> {
  return {
    format: version,
    id,
    ...(tree === firstTree ? {} : { tree }),
    ...(isUnfinished ? { unfinished: true } : {}),
    ...(Object.keys(identity).length === 0 ? {} : { identity }),
  }
}

function parse(content: Readonly<Record<string, unknown>>, hasChecksum: boolean): DataFormat | undefined {
  const { format: version, id = '', tree = firstTree, unfinished, identity = {} } = content
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return undefined
  if (typeof tree !== 'string' || !isTree(tree) || typeof id !== 'string') return undefined
  if (typeof identity !== 'object' || identity === null) return undefined
  const entries = Object.entries(identity).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  if (version === formatVersion && !(hasChecksum && id !== '')) return undefined
  if (version === 1 && (hasChecksum || id !== '')) return undefined
  return { version, id, tree, isUnfinished: unfinished === true, identity: Object.fromEntries(entries) }
}
