import type { Slices } from '@waypost/core'
import { LongAnswer } from '@waypost/rpc/server'

/**
 * An answer whose parts are encoded in slices. Encoded messages of one type, one behind the other, are one message, in
 * which lists are joined.
 *
 * @param encode tells `add` of each part, with places at which it can be interrupted
 */
export async function mergedAnswer(
  slices: Slices,
  encode: (add: (part: Uint8Array) => void) => Generator<void>,
): Promise<LongAnswer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  const add = (part: Uint8Array): void => {
    parts.push(part)
    bytes += part.length
  }
  await slices.run(encode(add))
  return new LongAnswer(bytes, oneByOne(parts))
}

async function* oneByOne(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}
