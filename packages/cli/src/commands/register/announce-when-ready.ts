import { connect } from 'node:net'
import { delay, messageOf, onAbort } from '@waypost/core'
import type { Registration } from '@waypost/registry'
import { formatAddress } from '../../command-line/address.ts'
import type { ChildCommand } from '../../process/child-command.ts'
import { terminal } from '../../terminal/terminal.ts'

const attemptIntervalMs = 50
const attemptTimeoutMs = 2_000

/**
 * Lets others know of the instance once its port takes connections, so that none of them comes too early. When it does
 * not in time it stays `starting`, which keeps traffic away, and a line says so. Ends with the command at the latest.
 */
export async function announceWhenReady(
  registration: Registration,
  child: ChildCommand,
  timeoutMs: number,
): Promise<void> {
  if (registration.record.status !== 'starting') return
  const over = new AbortController()
  const timer = setTimeout(() => over.abort('late'), timeoutMs)
  void child.exited.then(() => over.abort('ended'))
  const { host, port } = registration.record
  try {
    while (!over.signal.aborted && !(await takesConnections(host, port, over.signal)))
      await delay(attemptIntervalMs, { signal: over.signal }).catch(() => {})
    if (!over.signal.aborted && registration.record.status === 'starting') await registration.update({ status: 'up' })
    else if (over.signal.reason === 'late') {
      const address = formatAddress({ host, port })
      terminal.writeError(
        `Nothing listens at ${address} after ${timeoutMs / 1_000} s: the instance stays "starting".\n`,
      )
    }
  } catch (error) {
    if (!over.signal.aborted) terminal.writeError(`The instance cannot be announced: ${messageOf(error)}\n`)
  } finally {
    clearTimeout(timer)
  }
}

function takesConnections(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: attemptTimeoutMs })
    const settle = (answer: boolean): void => {
      release()
      socket.destroy()
      resolve(answer)
    }
    const release = onAbort(signal, () => settle(false))
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(false))
    socket.on('error', () => settle(false))
  })
}
