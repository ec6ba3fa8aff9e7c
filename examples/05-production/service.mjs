// A service as it would stand in production: SERVICE is its name, and `order` calls `user`.
// The store and the login come from WAYPOST_ENDPOINTS, WAYPOST_CACERT, WAYPOST_USER and WAYPOST_PASSWORD.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'waypost'

const service = process.env.SERVICE ?? 'user'
// systemd names the directory; without one nothing is kept over a restart.
const state = process.env.STATE_DIRECTORY

const waypost = await connect({ registry: { snapshotDir: state && `${state}/registry` } })
const config = await waypost.config.load({ app: service, snapshotDir: state && `${state}/config` })
config.onProblem((problems) => {
  for (const { message } of problems) console.error(message)
})
const dispatcher = waypost.registry.dispatcher()

const server = createServer(async ({ url }, response) => {
  // It lives while it answers: a store that is away is no reason to be restarted.
  if (url === '/health') return response.end('ok\n')
  try {
    const greeting = config.current.greeting ?? 'hello'
    const user = service === 'order' && (await (await fetch('http://user/', { dispatcher })).json())
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ service, id: registration.record.id, greeting, ...(user ? { user } : {}) }))
  } catch (error) {
    console.error(error)
    response.writeHead(503).end()
  }
})
server.listen(Number(process.env.PORT ?? 3000))
await once(server, 'listening')

const registration = await waypost.registry.register({
  service,
  port: server.address().port,
  host: process.env.HOST || undefined,
  heartbeat: 'worker',
})
waypost.registry.handleSignals({
  drain: { inFlight: () => new Promise((resolve) => server.close(resolve)), timeoutMs: 20_000 },
  onDrained: () => waypost.close(),
})
console.log(`${service} listens on ${server.address().port}`)
