import type { Position } from '../problem.ts'
import type { ConfigDocument } from './config-document.ts'
import { largeBytes, locateInThread } from './document-thread.ts'
import type { JsonPath } from './json-path.ts'

/** Where keys stand in a document, in their order. A large one is read in a thread: other work goes on meanwhile. */
export async function placesAside(
  document: ConfigDocument,
  bytes: Uint8Array,
  keys: readonly JsonPath[],
): Promise<readonly Position[]> {
  if (bytes.byteLength > largeBytes) {
    // There can be no thread in a program that was bundled into one file.
    const places = await locateInThread({ path: document.path, bytes, keys }).catch(() => undefined)
    if (places) return places
  }
  return keys.map(document.locator())
}
