import { messageOf } from '@waypost/core'
import type { Registration } from '@waypost/registry'
import { terminal } from '../terminal.ts'

/** A store that is away must not keep anybody from ending. */
const leaveTimeoutMs = 2000

/** Deregisters. When the store cannot be told, the record goes by itself after its time to live. */
export async function leave(registration: Registration): Promise<void> {
  try {
    await registration.deregister({ timeoutMs: leaveTimeoutMs })
  } catch (error) {
    terminal.writeError(`The store could not be told: the record expires by itself. ${messageOf(error)}\n`)
  }
}
