import { ErrorCode, Http2Error } from './error-code.ts'
import { maxUint31, readUint32 } from './frame.ts'

/** Source: RFC 9113, section 6.5.2. */
export const SettingId = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const

export const defaultWindowBytes = 65_535
export const defaultFrameBytes = 16_384
const largestFrameBytes = 16_777_215

/** What one SETTINGS frame changes; a setting that is said twice has its last value. */
export interface SettingsChange {
  headerTableSize: number | undefined
  /** The least of the table sizes, when several were said. */
  leastHeaderTableSize: number | undefined
  enablePush: number | undefined
  maxConcurrentStreams: number | undefined
  initialWindowSize: number | undefined
  maxFrameSize: number | undefined
}

/** Reads the payload of a SETTINGS frame, whose length is a multiple of six. Throws an `Http2Error`. */
export function readSettings(payload: Buffer, start: number, end: number): SettingsChange {
  const change: SettingsChange = {
    headerTableSize: undefined,
    leastHeaderTableSize: undefined,
    enablePush: undefined,
    maxConcurrentStreams: undefined,
    initialWindowSize: undefined,
    maxFrameSize: undefined,
  }
  for (let at = start; at < end; at += 6) {
    const value = readUint32(payload, at + 2)
    switch (((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0)) {
      case SettingId.headerTableSize:
        change.headerTableSize = value
        change.leastHeaderTableSize = Math.min(value, change.leastHeaderTableSize ?? value)
        break
      case SettingId.enablePush:
        if (value > 1) throw new Http2Error(ErrorCode.protocolError, `ENABLE_PUSH is ${value}`)
        change.enablePush = value
        break
      case SettingId.maxConcurrentStreams:
        change.maxConcurrentStreams = value
        break
      case SettingId.initialWindowSize:
        if (value > maxUint31) throw new Http2Error(ErrorCode.flowControlError, `INITIAL_WINDOW_SIZE is ${value}`)
        change.initialWindowSize = value
        break
      case SettingId.maxFrameSize:
        if (value < defaultFrameBytes || value > largestFrameBytes) {
          throw new Http2Error(ErrorCode.protocolError, `MAX_FRAME_SIZE is ${value}`)
        }
        change.maxFrameSize = value
        break
      default:
      // MAX_HEADER_LIST_SIZE is advice, and what is unknown is to be ignored.
    }
  }
  return change
}
