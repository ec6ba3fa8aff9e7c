import { errorOf } from '../api/api-error.ts'
import { type SseEvent, SseParser } from './sse-parser.ts'

/** Before a stream that broke is asked for again. */
const againMs = 1_000

/**
 * Follows a stream that one panel needs beside that of the page, from the last event on when it breaks. Rejects when
 * the hub refuses it, and when the signal is aborted.
 */
export async function followStream(
  url: string,
  signal: AbortSignal,
  onEvent: (event: SseEvent) => void,
): Promise<never> {
  let last: string | undefined
  for (;;) {
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
      signal,
      cache: 'no-store',
    }).catch(() => undefined)
    signal.throwIfAborted()
    if (response !== undefined && !response.ok && response.status < 500) throw await errorOf(response)
    if (response?.ok && response.body !== null) {
      const parser = new SseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
        if (done || value === undefined) break
        for (const event of parser.push(value)) {
          last = event.id ?? last
          onEvent(event)
        }
      }
    }
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, againMs))
  }
}
