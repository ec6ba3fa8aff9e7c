import { text } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'

/** The keys attached to a lease, sorted: the store gives them in any order. */
export async function keysOnLease(wire: Wire, id: bigint): Promise<string[]> {
  const { keys } = await wire.timeToLive(id, { keys: true })
  return keys.map(text).sort()
}
