import { type WatchCreateRequest, WatchCreateRequest_FilterType } from '@waypost/protocol'

/** What makes two watchers of the same events receive different bytes, as a set of bits. */
export const shapeBits = { prevKv: 1, noPut: 2, noDelete: 4 } as const

/** The bits that a request asks for. */
export function shapeOf(request: WatchCreateRequest): number {
  let shape = request.prevKv ? shapeBits.prevKv : 0
  for (const filter of request.filters) {
    if (filter === WatchCreateRequest_FilterType.NOPUT) shape |= shapeBits.noPut
    else if (filter === WatchCreateRequest_FilterType.NODELETE) shape |= shapeBits.noDelete
  }
  return shape
}
