import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, WaypostError } from '@waypost/core'
import { formatName, readFormat } from './data-format.ts'
import { livingOwnerOf } from './directory-preparation.ts'
import { scanKeptLog } from './kept-log.ts'
import { assertTreeIsWhole } from './lmdb-file.ts'
import { describeDamaged, inspectTree } from './tree-inspection.ts'

/** What was found in a data directory. */
export interface DataCheck {
  /** What is wrong, a sentence each; none when everything is what was written. */
  readonly problems: readonly string[]
  /** The version of the directory's format. In format 1 records have no checksums, so only their structure is checked. */
  readonly format: number
  /** The revision that the tree holds; the log may hold later ones. */
  readonly revision: number
  /** Versions of keys in the tree, deletions included. */
  readonly versions: number
  readonly leases: number
  /** The number of the last command in the log. */
  readonly lastCommand: number
}

/** Reads all of a data directory: see `checkData`. */
export function checkDirectory(path: string): DataCheck {
  const directory = resolve(path)
  if (!existsSync(join(directory, formatName)))
    throw new WaypostError('not-found', `${directory} is not a data directory: it has no file ${formatName}.`)
  const checked = check(directory)
  if (checked.problems.length > 0) {
    const pid = livingOwnerOf(directory)
    if (pid !== undefined)
      throw new WaypostError(
        'data-dir-in-use',
        `${directory} is in use by process ${pid}, and was changed while it was read. Stop it and check again.`,
        { details: { pid } },
      )
  }
  return checked
}

function check(directory: string): DataCheck {
  const problems: string[] = []
  const attempt = <R>(read: () => R): R | undefined => {
    try {
      return read()
    } catch (error) {
      if (WaypostError.is(error, 'data-dir-newer')) throw error
      problems.push(messageOf(error).replace(/ Nothing was changed\./, ''))
      return undefined
    }
  }
  const format = attempt(() => readFormat(directory))
  const tree = join(directory, format?.tree ?? 'tree')
  const isWhole = attempt(() => assertTreeIsWhole(tree) ?? true) === true
  const hasChecksums = format?.version !== 1
  const inspection = isWhole ? inspectTree(tree, { hasChecksums, revisions: 'all' }) : undefined
  const checkpoint = inspection?.checkpoint
  if (inspection !== undefined) {
    for (const problem of inspection.problems) problems.push(`The tree ${tree} is damaged: ${problem}.`)
    for (const damaged of inspection.damaged)
      problems.push(`The tree ${tree} is damaged: ${describeDamaged(damaged)} is not what was written.`)
    if (!inspection.isComplete) problems.push(`The tree ${tree} does not hold the records that it should.`)
    if (checkpoint === undefined && format?.isUnfinished === false)
      problems.push(`The tree ${tree} is missing, or empty.`)
    if (checkpoint !== undefined && checkpoint.directoryId !== (format?.id ?? checkpoint.directoryId))
      problems.push(`The tree ${tree} belongs to another data directory.`)
  }
  const appliedIndex = checkpoint?.appliedIndex ?? 0
  const log = format && attempt(() => scanKeptLog(directory, format, appliedIndex))
  return {
    problems,
    format: format?.version ?? 0,
    revision: checkpoint?.revision ?? 1,
    versions: inspection?.revisions ?? 0,
    leases: inspection?.leases.size ?? 0,
    lastCommand: log?.lastIndex ?? appliedIndex,
  }
}
