import { WaypostError } from '@waypost/core'
import type { LogDirectory } from './log-directory.ts'
import { segmentName, sequenceOf } from './log-format.ts'
import { headName, type LogManifest, manifestName, parseHead, parseManifest } from './log-manifest.ts'
import { damaged, type ScannedSegment, scanSegment } from './log-segment.ts'

export interface LogScanOptions {
  readonly directory: LogDirectory
  readonly directoryId: string
  /** The last command that the tree holds. */
  readonly appliedIndex: number
  /** Whether there must be a manifest, and everything that it and the head speak of. */
  readonly mustExist: boolean
}

export interface ScannedLog {
  readonly segments: readonly ScannedSegment[]
  /** The command before the first one of the first segment. */
  readonly after: number
  /** The last command of the log, or of the tree when the log has none. */
  readonly lastIndex: number
  /** Files that a crash between two steps has left: no segment that is listed, nothing in them that counts. */
  readonly leftovers: readonly string[]
  /** Whether the manifest says just this. */
  readonly isListed: boolean
}

/**
 * Reads a whole log. Throws `WaypostError`: `data-dir-foreign` when a file is damaged or not of this log, `data-loss` when
 * a segment or an acknowledged command is missing. Changes nothing.
 */
export function scanLog(options: LogScanOptions): ScannedLog {
  const { directory, directoryId, appliedIndex, mustExist } = options
  const manifest = mustExist ? readManifest(directory, directoryId) : undefined
  const { names, leftovers } = filesOf(directory, manifest)
  const segments: ScannedSegment[] = []
  let lastIndex: number | undefined
  for (const name of names) {
    const sequence = sequenceOf(name)
    const previous = segments.at(-1)
    if (sequence === undefined) throw damaged(name, 'is not a file of Waypost')
    if (previous !== undefined && sequence !== previous.sequence + 1) throw damaged(name, 'has lost its predecessor')
    const segment = scanSegment(name, directory.read(name), (index) => {
      if (index !== (lastIndex ?? index - 1) + 1 || (lastIndex === undefined && index > appliedIndex + 1))
        throw damaged(name, `continues at command ${index}, and the ones before it are missing`)
      lastIndex = index
    })
    if (segment.sequence !== sequence) throw damaged(name, `calls itself segment ${segment.sequence}`)
    const listed = manifest?.segments.find((each) => each.sequence === sequence)
    if (listed !== undefined && listed.salt !== segment.salt) throw damaged(name, 'belongs to another log')
    if (previous !== undefined && previous.dirtyEnd > previous.end && segment.lastIndex !== undefined)
      throw damaged(segmentName(previous.sequence), `is damaged at byte ${previous.end}`)
    segments.push(segment)
  }
  // What was listed and has no commands ends where its predecessors did.
  const last = lastIndex ?? manifest?.after
  if (last !== undefined && last < appliedIndex)
    throw new WaypostError(
      'data-dir-foreign',
      `The log ends at command ${last}, but the tree behind it holds ${appliedIndex}. Nothing was changed.`,
    )
  const first = segments.find((segment) => segment.firstIndex !== undefined)?.firstIndex
  const after = manifest?.after ?? (first === undefined ? appliedIndex : first - 1)
  const end = lastIndex ?? appliedIndex
  if (mustExist) assertNothingIsMissing(options, after, first, end)
  return { segments, after, lastIndex: end, leftovers, isListed: manifest !== undefined }
}

/** Passes every command after `appliedIndex` to `visit`, in order. */
export function replayLog(
  directory: LogDirectory,
  { segments }: ScannedLog,
  appliedIndex: number,
  visit: (index: number, command: Buffer) => void,
): void {
  for (const { sequence, lastIndex } of segments) {
    if (lastIndex === undefined || lastIndex <= appliedIndex) continue
    const name = segmentName(sequence)
    scanSegment(name, directory.read(name), (index, command) => {
      if (index > appliedIndex) visit(index, command)
    })
  }
}

function readManifest(directory: LogDirectory, directoryId: string): LogManifest {
  const bytes = directory.readNote(manifestName)
  if (bytes === undefined) throw missing(`the log's ${manifestName} is missing`)
  const manifest = parseManifest(bytes)
  if (manifest === undefined) throw damaged(manifestName, 'is damaged')
  if (manifest.directory !== directoryId) throw damaged(manifestName, 'belongs to another data directory')
  return manifest
}

/** Without a manifest every file counts; with one, those that it lists. */
function filesOf(
  directory: LogDirectory,
  manifest: LogManifest | undefined,
): { names: readonly string[]; leftovers: readonly string[] } {
  const present = directory.list()
  if (manifest === undefined) return { names: present, leftovers: [] }
  const listed = manifest.segments.map(({ sequence }) => segmentName(sequence))
  const lost = listed.find((name) => !present.includes(name))
  if (lost !== undefined) throw missing(`the log file ${lost} is missing`)
  const leftovers = present.filter((name) => isLeftover(directory, manifest, name))
  return { names: present.filter((name) => !leftovers.includes(name)), leftovers }
}

/** A segment that was dropped from the list, or made and not listed yet, which has no commands in it. */
function isLeftover(directory: LogDirectory, { segments }: LogManifest, name: string): boolean {
  const sequence = sequenceOf(name)
  if (sequence === undefined) return false
  if (sequence < (segments[0]?.sequence ?? 0)) return true
  if (sequence !== (segments.at(-1)?.sequence ?? 0) + 1) return false
  const { lastIndex, end, dirtyEnd } = scanSegment(name, directory.read(name), () => {})
  if (lastIndex !== undefined || dirtyEnd > end) throw damaged(name, 'has commands, but is not part of the log')
  return true
}

function assertNothingIsMissing(
  { directory, directoryId, appliedIndex }: LogScanOptions,
  after: number,
  first: number | undefined,
  end: number,
): void {
  if (first !== undefined && first !== after + 1)
    throw missing(`the log should begin at command ${after + 1}, but begins at ${first}`)
  if (appliedIndex < after)
    throw missing(`the log begins after command ${after}, but the tree behind it holds only ${appliedIndex}`)
  const head = directory.readNote(headName)
  const acknowledged = head && parseHead(directoryId, head)
  if (acknowledged !== undefined && acknowledged > end)
    throw missing(`the log ends at command ${end}, but commands up to ${acknowledged} were acknowledged`)
}

function missing(what: string): WaypostError {
  return new WaypostError(
    'data-loss',
    `Acknowledged data is missing: ${what}. Nothing was changed. Put the missing file back if you have it.`,
  )
}
