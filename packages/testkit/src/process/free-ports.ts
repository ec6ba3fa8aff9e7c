import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Below the ports that systems hand out to outgoing connections (from 32768 on Linux, 49152 elsewhere):
 * so a server that is restarted finds its port free.
 */
const lowest = 12_000
const highest = 32_000

/** Ports on 127.0.0.1 that nobody listens on now. Another process may take one first: retry when that happens. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  const ports: number[] = []
  try {
    while (ports.length < count) {
      const port = randomInt(lowest, highest)
      const server = await tryListen(port)
      if (!server) continue
      held.push(server)
      ports.push(port)
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  return ports
}

function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server))
  })
}
