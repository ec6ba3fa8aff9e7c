import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import type { DataFormat } from './data-format.ts'
import { FileLogDirectory } from './file-log-directory.ts'
import { type ScannedLog, scanLog } from './log-scan.ts'

export const logFolderName = 'log'

/** The log's files, and the mark of its end, which is kept beside them so that it does not go with them. */
export function logDirectoryOf(directory: string): FileLogDirectory {
  return new FileLogDirectory(join(directory, logFolderName), directory)
}

/** What the log holds, when it is sound and complete. Must be called while no other process has the directory. */
export function scanKeptLog(directory: string, format: DataFormat, appliedIndex: number): ScannedLog | undefined {
  const path = join(directory, logFolderName)
  if (format.isUnfinished) return undefined
  if (!existsSync(path))
    throw new WaypostError(
      'data-loss',
      `Acknowledged data may be missing: ${path} is not there. Nothing was changed. Put it back if you have it.`,
    )
  return scanLog({
    directory: logDirectoryOf(directory),
    directoryId: format.id,
    appliedIndex,
    // Before format 2 there was no manifest.
    mustExist: format.version > 1,
  })
}
