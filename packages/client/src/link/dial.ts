import type { Clock, Timer } from '@waypost/core'
import type { RpcConnection } from '@waypost/rpc/client'

/** How long an endpoint has to itself before the next one is tried beside it. */
const headStartMs = 300

export interface Dialling {
  readonly connection: Promise<RpcConnection>
  /** Gives up; the promise rejects. */
  cancel(): void
}

/**
 * Connects to the endpoint that answers first, giving those in front a head start, so that one that swallows
 * packets costs little. Fails with the last failure once every endpoint has failed.
 */
export function dial(endpoints: readonly string[], open: (endpoint: string) => RpcConnection, clock: Clock): Dialling {
  const begun: RpcConnection[] = []
  let settled = false
  let won = false
  let timer: Timer | undefined
  const endAllBut = (winner: RpcConnection | undefined): void => {
    settled = true
    timer?.cancel()
    for (const connection of begun) if (connection !== winner) connection.destroy()
  }
  const connection = new Promise<RpcConnection>((resolve, reject) => {
    let failures = 0
    const tryNext = (): void => {
      timer?.cancel()
      const endpoint = endpoints[begun.length]
      if (endpoint === undefined || settled) return
      const candidate = open(endpoint)
      begun.push(candidate)
      if (begun.length < endpoints.length) timer = clock.after(headStartMs, tryNext)
      candidate.connect().then(
        () => {
          if (settled) return
          won = true
          endAllBut(candidate)
          resolve(candidate)
        },
        (error: unknown) => {
          failures += 1
          // Those that came too late fail too, because they were ended.
          if (won) return
          if (settled || failures === endpoints.length) {
            endAllBut(undefined)
            reject(error)
          } else tryNext()
        },
      )
    }
    tryNext()
  })
  return { connection, cancel: () => endAllBut(undefined) }
}
