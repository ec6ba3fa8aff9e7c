import { checkMetadata } from '../check-metadata.ts'
import { acceptedEncodings } from '../compression.ts'
import { formatTimeout } from '../grpc-timeout.ts'
import { encodeHeaders, type HeaderBlock, joinBlocks } from '../http2/header-block.ts'
import type { Metadata } from '../metadata.ts'
import type { RpcCallOptions } from './call.ts'

/** How many deadlines an endpoint's encoded `grpc-timeout` headers are kept for. */
const maxTimeoutBlocks = 256

interface PathBlocks {
  /** The headers that only depend on the path. */
  readonly base: HeaderBlock
  /** The options that cannot change and were used last, and the headers made of them. */
  options: RpcCallOptions | undefined
  whole: HeaderBlock
}

/** Makes the headers of calls, encoded; what does not change between calls is encoded once. */
export class RequestHeaders {
  readonly #scheme: string
  readonly #authority: string
  readonly #perPath = new Map<string, PathBlocks>()
  readonly #timeouts = new Map<string, HeaderBlock>()

  constructor(endpoint: URL) {
    this.#scheme = endpoint.protocol.slice(0, -1)
    this.#authority = endpoint.host
  }

  /** Throws `RpcError` when the metadata cannot be sent. */
  of(path: string, options: RpcCallOptions | undefined): HeaderBlock {
    const blocks = this.#perPath.get(path) ?? this.#begin(path)
    if (options === undefined) return blocks.base
    if (options === blocks.options) return blocks.whole
    const { metadata, timeoutMs } = options
    let whole = blocks.base
    if (metadata !== undefined) whole = joinBlocks(whole, metadataBlock(metadata))
    if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) whole = joinBlocks(whole, this.#timeoutBlock(timeoutMs))
    if (Object.isFrozen(options) && Object.isFrozen(metadata)) {
      blocks.options = options
      blocks.whole = whole
    }
    return whole
  }

  #begin(path: string): PathBlocks {
    const base = encodeHeaders([
      [':method', 'POST'],
      [':scheme', this.#scheme],
      [':path', path],
      [':authority', this.#authority],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'waypost'],
      ['grpc-accept-encoding', acceptedEncodings],
    ])
    const blocks: PathBlocks = { base, options: undefined, whole: base }
    this.#perPath.set(path, blocks)
    return blocks
  }

  #timeoutBlock(timeoutMs: number): HeaderBlock {
    const text = formatTimeout(timeoutMs)
    let block = this.#timeouts.get(text)
    if (block === undefined) {
      block = encodeHeaders([['grpc-timeout', text]])
      if (this.#timeouts.size >= maxTimeoutBlocks) this.#timeouts.clear()
      this.#timeouts.set(text, block)
    }
    return block
  }
}

function metadataBlock(metadata: Metadata): HeaderBlock {
  checkMetadata(metadata)
  return encodeHeaders(Object.entries(metadata))
}
