import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '@waypost/core'
import { connect } from 'waypost'
import { listen } from 'waypost/express'

/** The way in: `/order/orders/7` goes to an instance of `order` as `/orders/7`, as long as that service is public. */
const waypost = await connect({ ttlSeconds: 3 })
const routes = await waypost.config.load({ app: 'gateway' })
const dispatcher = waypost.registry.dispatcher()

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, service = '', path = ''] = /^\/([^/?]+)(.*)$/.exec(request.url ?? '') ?? []
  const { public: publicServices } = routes.current
  if (!Array.isArray(publicServices) || !publicServices.includes(service)) {
    response.writeHead(404).end()
    return
  }
  try {
    // Node's fetch takes any dispatcher, which its types do not all agree on.
    const options: object = { dispatcher, method: request.method }
    const answer = await fetch(`http://${service}${path}`, options)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    response.end(await answer.text())
  } catch (error) {
    response.writeHead(502).end(messageOf(error instanceof Error ? (error.cause ?? error) : error))
  }
}

const running = await listen(forward, waypost, { service: 'gateway', listenHost: '127.0.0.1' })
const { record } = await running.instance.registered
console.log(`ready ${record.id} on port ${running.port}`)

process.once('SIGTERM', async () => {
  await running.close()
  await waypost.close()
})
