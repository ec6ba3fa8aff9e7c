import { messageOf } from '@waypost/core'
import type { Registration } from '@waypost/registry'
import { nameOf } from '../../print/subscriber-name.ts'
import { terminal } from '../../terminal/terminal.ts'

/** A store that is away must not keep anybody from ending. */
const leaveTimeoutMs = 2000

/** Deregisters. When the store cannot be told, the record goes by itself after its time to live. */
export async function leave(registration: Registration): Promise<void> {
  try {
    await registration.deregister({ timeoutMs: leaveTimeoutMs })
  } catch (error) {
    sayNotTold(error)
  }
}

/**
 * Says `leaving`, waits until every consumer has confirmed it, at most 5 s, then `stop`s what serves them, and
 * deregisters when that has ended. When the signal fires, what is still to come of that but the end is left out.
 */
export async function drain(
  registration: Registration,
  stop: () => Promise<unknown>,
  hurry: AbortSignal,
): Promise<void> {
  let stopped: Promise<unknown> | undefined
  const inFlight = (): Promise<unknown> => {
    stopped ??= stop()
    return stopped
  }
  try {
    const { unconfirmed } = await registration.drain({ inFlight, timeoutMs: Number.POSITIVE_INFINITY, signal: hurry })
    for (const subscriber of unconfirmed) terminal.writeError(`${nameOf(subscriber)} has not seen it leave.\n`)
  } catch (error) {
    if (!hurry.aborted && registration.state !== 'superseded') sayNotTold(error)
  }
  if (!hurry.aborted) await inFlight()
}

function sayNotTold(error: unknown): void {
  terminal.writeError(`The store could not be reached: the record will expire. ${messageOf(error)}\n`)
}
