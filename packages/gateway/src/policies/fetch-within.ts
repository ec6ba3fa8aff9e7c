import { onAbort } from '@waypost/core'
import type { PolicyParts } from './policy-parts.ts'

export interface FetchLimits {
  readonly timeoutMs: number
  /** Each of them ends the exchange. */
  readonly signals: readonly AbortSignal[]
}

/** Fetches, and reads the answer by `read`; both together within the time. The connection ends with it. */
export async function fetchWithin<T>(
  { fetch, clock }: Pick<PolicyParts, 'fetch' | 'clock'>,
  url: string,
  init: RequestInit,
  { timeoutMs, signals }: FetchLimits,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const late = (): void => controller.abort(new Error(`no answer within ${timeoutMs} ms`))
  const timer = clock.after(timeoutMs, late, { ref: false })
  const releases = signals.map((signal) => onAbort(signal, () => controller.abort(signal.reason)))
  try {
    return await read(await fetch(url, { ...init, signal: controller.signal }))
  } finally {
    timer.cancel()
    for (const release of releases) release()
  }
}

/** The bytes of an answer up to a limit; of a longer one, as much as the limit allows. */
export async function firstBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    if (length >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}
