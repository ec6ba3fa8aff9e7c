import { type Clock, systemClock } from '@waypost/core'

/** Bounds for what the peer may do, and how generous this side is. All have defaults. */
export interface Http2Options {
  /** Streams that the peer may have open at a time. Default 100,000; further ones are refused. */
  readonly maxConcurrentStreams?: number | undefined
  /** The largest list of header fields, encoded and decoded, in bytes. Default 64 KiB. */
  readonly maxHeaderBytes?: number | undefined
  /** The largest DATA frame, in bytes, 16,384 to 16,777,215. Default 256 KiB. */
  readonly maxFrameBytes?: number | undefined
  /** What may be received on one stream before it is consumed. Default 1 MiB. */
  readonly streamWindowBytes?: number | undefined
  /** What may be received on all streams together before it is looked at. Default 16 MiB. */
  readonly connectionWindowBytes?: number | undefined
  /** How long the peer may take for its preface and first settings, and to acknowledge ours. Default 10,000. */
  readonly settingsTimeoutMs?: number | undefined
  /** How long the peer may take for one frame, or for the frames of one header block. Default 60,000. */
  readonly frameTimeoutMs?: number | undefined
  /** How long a client's input may be handled before other connections have their turn. Default 4. */
  readonly inputSliceMs?: number | undefined
  /** How long the peer may take to close its side after this side has. Default 1,000. */
  readonly lingerMs?: number | undefined
  /** Bytes that may wait in the socket before streams hold their data back. Default 256 KiB. */
  readonly socketHighWaterBytes?: number | undefined
  /** Bytes that may wait in one stream before `sendData` says so. Default 64 KiB. */
  readonly streamHighWaterBytes?: number | undefined
  readonly clock?: Clock | undefined
}

export type ResolvedHttp2Options = { readonly [Name in keyof Http2Options]-?: NonNullable<Http2Options[Name]> }

export function resolveHttp2Options(options: Http2Options): ResolvedHttp2Options {
  return Object.freeze({
    maxConcurrentStreams: options.maxConcurrentStreams ?? 100_000,
    maxHeaderBytes: options.maxHeaderBytes ?? 64 * 1024,
    maxFrameBytes: options.maxFrameBytes ?? 256 * 1024,
    streamWindowBytes: options.streamWindowBytes ?? 1024 * 1024,
    connectionWindowBytes: options.connectionWindowBytes ?? 16 * 1024 * 1024,
    settingsTimeoutMs: options.settingsTimeoutMs ?? 10_000,
    frameTimeoutMs: options.frameTimeoutMs ?? 60_000,
    inputSliceMs: options.inputSliceMs ?? 4,
    lingerMs: options.lingerMs ?? 1000,
    socketHighWaterBytes: options.socketHighWaterBytes ?? 256 * 1024,
    streamHighWaterBytes: options.streamHighWaterBytes ?? 64 * 1024,
    clock: options.clock ?? systemClock,
  })
}

/** Frames that carry a header block beyond the first; an honest peer needs one per 16 KiB. */
export const maxContinuations = 32

/**
 * Frames that make work and bring nothing on: pings, settings, empty data, priorities, frames of unknown type or for
 * closed streams. An honest peer sends them now and then; frames that do bring something on are counted against them.
 */
export const idleFrameBudget = { burst: 10_000, perSecond: 1000 } as const

/**
 * Streams that end before they were answered, by the peer's doing: the rapid-reset attack and its relatives. An honest
 * peer gives up all its calls at once when their common deadline passes, and would lose its watches with the connection.
 */
export const resetBudget = { burst: 5_000, perSecond: 1000 } as const
