// A store, a hub on it with a service of `instances` instances, and a bare Fastify that sends the very bytes that the
// hub sends. Prints { hub, bare, store } and ends with its parent.
import { EtcdClient } from '@waypost/client'
import { startHub } from '@waypost/hub'
import { EmbeddedServer } from '@waypost/server'
import Fastify from 'fastify'

const [instances] = process.argv.slice(2).map(Number)
const store = await EmbeddedServer.start({ memory: true, port: 0 })
const etcd = new EtcdClient({ endpoints: store.url })
for (let index = 0; index < instances; index++) {
  const id = `user-${String(index).padStart(5, '0')}`
  const record = { service: 'user', id, host: '10.0.0.1', port: 3000 + (index % 60_000), status: 'up', zone: 'z1' }
  await etcd.kv.put(`/services/user/${id}`, JSON.stringify({ ...record, registeredAt: new Date(0).toISOString() }))
}
const hub = await startHub({ endpoints: store.url, port: 0, logger: false, timeline: false })
const answer = await fetch(`${hub.url}/v1/names/user/instances`)
const bytes = Buffer.from(await answer.arrayBuffer())
const bare = Fastify()
bare.get('/v1/names/user/instances', (_request, reply) => {
  reply.type('application/json; charset=utf-8').send(bytes)
})
const bareUrl = await bare.listen({ port: 0, host: '127.0.0.1' })
console.log(JSON.stringify({ hub: hub.url, bare: bareUrl, store: store.url, bytes: bytes.length }))
process.stdin.resume().on('end', () => process.exit(0))
