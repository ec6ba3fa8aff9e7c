import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { syncDirectory } from './sync-directory.ts'

/** The file that says what a data directory is. It is replaced as a whole or not at all. */
export const formatName = 'FORMAT'
export const unfinishedFormatName = `${formatName}.tmp`
/** Folders in which snapshots are made; a crash leaves them behind. */
export const snapshotFolderPrefix = 'waypost-snapshot-'
const formatVersion = 1
const firstTree = 'tree'

/** Which of the directory's folders the data is in. */
export interface DataFormat {
  readonly tree: string
  /** Until the first start has come to its end: nothing was acknowledged, and a crash may have left half a tree. */
  readonly isUnfinished: boolean
}

export const freshFormat: DataFormat = { tree: firstTree, isUnfinished: true }

/** Throws `WaypostError` with `data-dir-foreign` or `data-dir-newer`. */
export function readFormat(directory: string): DataFormat {
  const content = parse(readFileSync(join(directory, formatName), 'utf8'))
  if (content === undefined)
    throw new WaypostError(
      'data-dir-foreign',
      `${join(directory, formatName)} is not the one that Waypost writes. Nothing was changed.`,
    )
  if (content.format > formatVersion)
    throw new WaypostError(
      'data-dir-newer',
      `${directory} has the format ${content.format}; this version of Waypost knows formats up to ${formatVersion}.`,
    )
  return { tree: content.tree, isUnfinished: content.isUnfinished }
}

export async function writeFormat(directory: string, { tree, isUnfinished }: DataFormat): Promise<void> {
  const temporary = join(directory, unfinishedFormatName)
  const file = await open(temporary, 'w')
  try {
    const content = {
      format: formatVersion,
      ...(tree === firstTree ? {} : { tree }),
      ...(isUnfinished ? { unfinished: true } : {}),
    }
    await file.writeFile(`${JSON.stringify(content)}\n`)
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

function parse(text: string): ({ format: number } & DataFormat) | undefined {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null || !('format' in content)) return undefined
    if (typeof content.format !== 'number' || content.format < 1) return undefined
    const tree = 'tree' in content ? content.tree : firstTree
    const isUnfinished = 'unfinished' in content && content.unfinished === true
    return typeof tree === 'string' && isTree(tree) ? { format: content.format, tree, isUnfinished } : undefined
  } catch {
    return undefined
  }
}
