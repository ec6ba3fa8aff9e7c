import {
  Watch,
  WatchCancelRequest,
  WatchCreateRequest,
  WatchProgressRequest,
  WatchRequest,
  type WatchResponse,
} from '@waypost/protocol'
import type { Metadata, RpcConnection } from '@waypost/rpc'
import { InboxStream } from './inbox-stream.ts'
import { bytes, type Text } from './requests.ts'

export type WatchOptions = Omit<Partial<WatchCreateRequest>, 'key' | 'rangeEnd'> & { readonly end?: Text }

/** One Watch stream as it is on the wire: several watchers, told apart by their ids. */
export class WatchStream extends InboxStream<WatchRequest, WatchResponse> {
  constructor(connection: RpcConnection, metadata: Metadata) {
    super(connection, Watch.watch, metadata)
  }

  /** Asks for a watcher without waiting for the answer. */
  requestCreate(key: Text, options: WatchOptions = {}): void {
    const { end = '', ...fields } = options
    const createRequest = WatchCreateRequest.create({ ...fields, key: bytes(key), rangeEnd: bytes(end) })
    this.send(WatchRequest.create({ createRequest }))
  }

  /** Asks for a watcher and takes the next message, which is to be the answer. */
  async create(key: Text, options: WatchOptions = {}): Promise<WatchResponse> {
    this.requestCreate(key, options)
    const answer = await this.next()
    if (!answer.created) throw new Error('The next message on the stream was not the answer to the creation.')
    return answer
  }

  requestCancel(watchId: bigint): void {
    this.send(WatchRequest.create({ cancelRequest: WatchCancelRequest.create({ watchId }) }))
  }

  requestProgress(): void {
    this.send(WatchRequest.create({ progressRequest: WatchProgressRequest.create({}) }))
  }
}
