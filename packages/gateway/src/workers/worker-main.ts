import type { ToWorker } from './messages.ts'
import { Worker } from './worker.ts'

const worker = new Worker({
  send: (message) => {
    if (process.connected) process.send?.(message)
  },
  end: () => {
    if (process.connected) process.disconnect()
    process.exit(0)
  },
})

process.on('message', (message: ToWorker) => worker.receive(message))
process.send?.({ type: 'ready' })
// The primary decides: a signal to the whole group must not end a worker in the middle of a request.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
// Without the primary nobody tells it of changes: another one will start its own.
process.once('disconnect', () => void worker.end())
