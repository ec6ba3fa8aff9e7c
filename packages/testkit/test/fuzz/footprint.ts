import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** What this process, the server in it, holds once all garbage is gone, in bytes. */
export function heldBytes(): number {
  if (typeof collect !== 'function') throw new Error('This process cannot collect its garbage.')
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** TCP connections with an end in this process; both ends count. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
}
