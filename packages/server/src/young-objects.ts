import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What is worth a collection: with all of it still in use one takes some 2 ms. */
const enoughBytes = 2 * 1024 * 1024

let collect: (() => void) | undefined

/**
 * Has V8 collect young objects, once there are enough of them. To be called in long work. Nearly all that such work makes
 * stays in use for a while, and V8 waits until there are 16 MiB of it, which then stops everything for 10 ms and more;
 * collected bit by bit it costs no more and is not noticed.
 */
export function collectYoungObjects(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  if (young === undefined || young.space_used_size < enoughBytes) return
  collect ??= minorCollection()
  collect()
}

function minorCollection(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return typeof gc === 'function' ? () => void gc({ type: 'minor' }) : () => {}
}
