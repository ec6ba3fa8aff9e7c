import { WaypostError } from '@waypost/core'
import type { LogContent } from './log-directory.ts'
import {
  align,
  commandsOf,
  decodeFrameHeader,
  decodeSegmentHeader,
  type FrameHeader,
  frameHeaderBytes,
  hasFrameFrom,
  isBodyIntact,
  sectorBytes,
  segmentHeaderBytes,
} from './log-format.ts'

/** A segment as it was found at start. */
export interface ScannedSegment {
  readonly sequence: number
  readonly size: number
  readonly salt: number
  /** The indexes of the first and the last command; undefined when there is none. */
  readonly firstIndex: number | undefined
  readonly lastIndex: number | undefined
  /** Where the frames end. */
  readonly end: number
  /** Where the last byte that is not zero ends: beyond `end` after a torn write. */
  readonly dirtyEnd: number
}

/**
 * Reads a segment and tells `visit` of each command. A last frame that was cut short by a crash is left out: some of
 * its sectors are still the zeros that were there before, and nothing follows it. Anything else that does not
 * check is damage, and an error with code `data-dir-foreign`.
 */
export function scanSegment(
  name: string,
  content: LogContent,
  visit: (index: number, command: Buffer) => void,
): ScannedSegment {
  let { bytes } = content
  const header = decodeSegmentHeader(bytes)
  if (header === undefined) throw damaged(name, 'does not start as a Waypost log does')
  const { sequence, size, salt } = header
  if (content.size !== size) throw damaged(name, `is ${content.size} bytes long instead of ${size}`)
  let position = segmentHeaderBytes
  let firstIndex: number | undefined
  let lastIndex: number | undefined
  for (;;) {
    bytes = reaching(position + frameHeaderBytes, bytes, size)
    const frame = decodeFrameHeader(bytes, position, salt)
    if (frame === undefined) {
      if (!isZero(bytes.subarray(position, position + frameHeaderBytes))) throw damagedAt(name, position)
      break
    }
    const bodyStart = position + frameHeaderBytes
    bytes = reaching(bodyStart + frame.bodyBytes, bytes, size)
    const body = bytes.subarray(bodyStart, bodyStart + frame.bodyBytes)
    if (!isBodyIntact(body, frame, salt)) {
      if (!isTorn(bytes, position, frame)) throw damagedAt(name, position)
      break
    }
    if (lastIndex !== undefined && frame.firstIndex !== lastIndex + 1) throw damagedAt(name, position)
    let index = frame.firstIndex
    firstIndex ??= index
    for (const command of commandsOf(body)) visit(index++, command)
    lastIndex = index - 1
    position = align(bodyStart + frame.bodyBytes)
  }
  if (hasFrameFrom(bytes, position + frameHeaderBytes, salt)) throw damagedAt(name, position)
  return { sequence, size, salt, firstIndex, lastIndex, end: position, dirtyEnd: dirtyEnd(bytes, position) }
}

/** The bytes with the zeros that follow them, when they are looked at: a frame may well end in zeros. */
function reaching(end: number, bytes: Buffer, size: number): Buffer {
  return end > bytes.length && bytes.length < size ? Buffer.concat([bytes], size) : bytes
}

/** A sector is written whole or not at all, so of a torn frame at least one sector's share is still zero. */
function isTorn(bytes: Buffer, position: number, frame: FrameHeader): boolean {
  const end = position + frameHeaderBytes + frame.bodyBytes
  for (let start = position; start < end; ) {
    const sectorEnd = Math.min(end, (Math.floor(start / sectorBytes) + 1) * sectorBytes)
    if (isZero(bytes.subarray(start, sectorEnd))) return true
    start = sectorEnd
  }
  return false
}

const zeros = Buffer.alloc(64 * 1024)

function isZero(bytes: Buffer): boolean {
  for (let start = 0; start < bytes.length; start += zeros.length) {
    const part = bytes.subarray(start, start + zeros.length)
    if (part.compare(zeros, 0, part.length) !== 0) return false
  }
  return true
}

function dirtyEnd(bytes: Buffer, from: number): number {
  if (isZero(bytes.subarray(from))) return from
  let end = bytes.length
  while (end > from && bytes[end - 1] === 0) end -= 1
  return end
}

function damagedAt(name: string, position: number): WaypostError {
  return damaged(name, `is damaged at byte ${position}`)
}

export function damaged(name: string, what: string): WaypostError {
  return new WaypostError('data-dir-foreign', `The log file ${name} ${what}. Nothing was changed.`)
}
