import type { Payload } from './event-encoder.ts'
import { type QueuedResponse, sizeOfResponse } from './response-queue.ts'

/** Responses of this size are split for watchers that asked for it; one event is never split. As etcd does. */
const fragmentBytes = 2 * 1024 * 1024

/** The response as several, all but the last marked, each below the limit if its events allow. */
export function fragmentsOf(response: QueuedResponse): QueuedResponse[] {
  const { payload } = response
  if (!payload || payload.parts.length < 2 || sizeOfResponse(response) < fragmentBytes) return [response]
  const marked = { ...response, fragment: true, payload: undefined }
  const bareBytes = sizeOfResponse(marked)
  const payloads: Payload[] = []
  let parts: Buffer[] = []
  let bytes = 0
  for (const part of payload.parts) {
    if (parts.length > 0 && bareBytes + bytes + part.length >= fragmentBytes) {
      payloads.push({ parts, bytes })
      parts = []
      bytes = 0
    }
    parts.push(part)
    bytes += part.length
  }
  payloads.push({ parts, bytes })
  return payloads.map((piece, index) => ({ ...marked, fragment: index < payloads.length - 1, payload: piece }))
}
