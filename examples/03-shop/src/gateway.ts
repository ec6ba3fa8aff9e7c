import { createGateway } from '@waypost/gateway'
import { connect } from 'waypost'

/** The way in: the routes in `gateway/routes.yaml` say which services can be reached from outside, and how. */
const waypost = await connect({ ttlSeconds: 3 })
const gateway = await createGateway({ waypost })
const port = await gateway.listen({ port: 0 })
const registration = await waypost.registry.register({ service: 'gateway', host: '127.0.0.1', port })
console.log(`ready ${registration.record.id} on port ${port}`)

process.once('SIGTERM', async () => {
  await registration.deregister()
  await gateway.drain()
  await gateway.close()
  await waypost.close()
})
