import type { WatchRequest } from '@waypost/protocol'
import { Event, Reader, ResponseHeader, Watch, WatchResponse } from '@waypost/protocol'
import type { ClientMethod } from '@waypost/rpc/client'

const headerTag = 8 * 1 + 2
const watchIdTag = 8 * 2
const createdTag = 8 * 3
const canceledTag = 8 * 4
const compactRevisionTag = 8 * 5
const cancelReasonTag = 8 * 6 + 2
const fragmentTag = 8 * 7
const eventTag = 8 * 11 + 2

/** What a watch stream answers, whose events are decoded piece by piece, as thousands of them take long. */
export class WatchAnswer {
  /** All but the events. */
  readonly response: WatchResponse
  /** How many events the answer holds. */
  readonly length: number
  readonly #rest: Reader

  constructor(bytes: Uint8Array) {
    const response = WatchResponse.create()
    let length = 0
    const reader = new Reader(bytes)
    while (!reader.done) {
      const tag = reader.tag()
      if (tag === eventTag) {
        length += 1
        reader.skip(tag)
      } else if (tag === headerTag) response.header = ResponseHeader.decode(reader.bytes())
      else if (tag === watchIdTag) response.watchId = reader.int64()
      else if (tag === createdTag) response.created = reader.bool()
      else if (tag === canceledTag) response.canceled = reader.bool()
      else if (tag === compactRevisionTag) response.compactRevision = reader.int64()
      else if (tag === cancelReasonTag) response.cancelReason = reader.string()
      else if (tag === fragmentTag) response.fragment = reader.bool()
      else reader.skip(tag)
    }
    this.response = response
    this.length = length
    this.#rest = new Reader(bytes)
  }

  /** The next events, `limit` at most. Each is returned once. */
  take(limit: number): Event[] {
    const reader = this.#rest
    const events: Event[] = []
    while (events.length < limit && !reader.done) {
      const tag = reader.tag()
      if (tag === eventTag) events.push(Event.decode(reader.bytes()))
      else reader.skip(tag)
    }
    return events
  }
}

/** `Watch/Watch` with answers that are decoded as they are read. */
export const watchMethod: ClientMethod<WatchRequest, WatchAnswer> = {
  path: Watch.watch.path,
  request: Watch.watch.request,
  response: { decode: (bytes) => new WatchAnswer(bytes) },
}
