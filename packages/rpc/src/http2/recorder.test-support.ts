import { encodeHeaders } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import type { Http2Stream } from './stream.ts'
import type { Http2StreamHandler, StreamEnd } from './stream-handler.ts'

export interface RecordedEnd {
  readonly code: number
  readonly end: StreamEnd
}

/** Writes down what a stream tells, and lets tests wait for its end. */
export class Recorder implements Http2StreamHandler {
  readonly headers: Record<string, string>[] = []
  readonly chunks: Buffer[] = []
  readonly ended: Promise<RecordedEnd>
  drains = 0
  closes = 0
  endStream = false
  stream: Http2Stream | undefined
  onEndStream: (() => void) | undefined
  onChunk: ((chunk: Buffer) => void) | undefined
  onDrained: (() => void) | undefined
  #end: (end: RecordedEnd) => void = () => {}

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  get content(): Buffer {
    return Buffer.concat(this.chunks)
  }

  headersArrived(headers: HeaderList, endStream: boolean): void {
    this.headers.push({ ...headers.fields })
    if (endStream) this.#ended()
  }

  dataArrived(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    const piece = chunk.subarray(start, end)
    this.chunks.push(piece)
    this.onChunk?.(piece)
    if (endStream) this.#ended()
  }

  streamDrained(): void {
    this.drains += 1
    this.onDrained?.()
  }

  streamClosed(code: number, end: StreamEnd): void {
    this.closes += 1
    this.#end({ code, end })
  }

  #ended(): void {
    this.endStream = true
    this.onEndStream?.()
  }
}

export const okHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
])

export const okTrailers = encodeHeaders([['grpc-status', '0']])

export function requestBlock(path = '/test.Echo/Say', more: readonly (readonly [string, string])[] = []): Uint8Array {
  return encodeHeaders([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ])
}
