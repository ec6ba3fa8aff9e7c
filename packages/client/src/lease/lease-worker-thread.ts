import { parentPort, workerData } from 'node:worker_threads'
import { Caller } from '../link/caller.ts'
import { Link } from '../link/link.ts'
import { Login } from '../link/login.ts'
import { tlsSource } from '../link/tls-material.ts'
import { KeepAliveStream } from './keep-alive-stream.ts'
import { KeptLease, LeaseKeeper } from './lease-keeper.ts'
import { type FromWorker, sharedClock, TimeCell, type ToWorker, type WorkerData } from './worker-messages.ts'

/** How often the heartbeat of the main loop is looked at. */
const tickMs = 250

/** A lease that the main thread has handed over. */
class HandedLease extends KeptLease {
  readonly hungLimitMs: number
  readonly #expiry: TimeCell
  /** The main loop hangs, and the lease is left to expire. */
  suspended = false

  constructor(
    { id, ttlSeconds, sentAtMs, hungLimitMs }: Extract<ToWorker, { kind: 'keep' }>,
    expiry: TimeCell,
    onLost: () => void,
  ) {
    super(id, ttlSeconds, sentAtMs, true, onLost)
    this.hungLimitMs = hungLimitMs
    this.#expiry = expiry
  }

  override extend(ttlSeconds: number, sentAtMs: number): void {
    super.extend(ttlSeconds, sentAtMs)
    this.#expiry.ms = this.expiresAtMs
  }
}

/** Keeps leases alive on a connection of its own, for as long as the main loop shows that it turns. */
function run({ settings, heartbeat }: WorkerData, tell: (message: FromWorker) => void): (message: ToWorker) => void {
  const clock = sharedClock
  const { timeoutMs, auth } = settings
  const link = new Link({ ...settings, tls: tlsSource(settings.tls), clock, logger: undefined })
  const login = new Login(link, auth, timeoutMs, clock)
  const caller = new Caller(link, login, timeoutMs, clock)
  const keeper = new LeaseKeeper(new KeepAliveStream(link, login, caller, clock), clock)
  const leases = new Map<bigint, HandedLease>()
  const lastTurn = new TimeCell(heartbeat)

  const drop = (id: bigint): void => {
    const lease = leases.get(id)
    leases.delete(id)
    if (lease !== undefined) keeper.remove(lease)
  }
  setInterval(() => {
    const nowMs = clock.monotonicMs()
    const hungForMs = nowMs - lastTurn.ms
    for (const lease of leases.values()) {
      if (!lease.suspended && hungForMs > lease.hungLimitMs) {
        lease.suspended = true
        keeper.remove(lease)
      } else if (lease.suspended && hungForMs <= lease.hungLimitMs) {
        lease.suspended = false
        keeper.add(lease)
      }
    }
  }, tickMs)

  return (message) => {
    if (message.kind === 'keep') {
      const expiry = new TimeCell(message.expiry)
      const lease = new HandedLease(message, expiry, () => {
        drop(message.id)
        expiry.ms = 0
        tell({ kind: 'lost', id: message.id })
      })
      leases.set(message.id, lease)
      keeper.add(lease)
    } else if (message.kind === 'drop') drop(message.id)
    else link.setEndpoints(message.endpoints)
  }
}

const port = parentPort
if (port !== null) {
  const data: WorkerData = workerData
  const tell = (message: FromWorker): void => port.postMessage(message)
  port.on('message', run(data, tell))
  tell({ kind: 'ready' })
}
