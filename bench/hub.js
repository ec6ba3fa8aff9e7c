// The hub: its HTTP API beside a bare Fastify, and its DNS beside CoreDNS with the etcd plugin.
import { measureDns } from './lib/hub-dns.js'
import { measureHttp } from './lib/hub-http.js'

export async function run(options) {
  return [...(await measureHttp(options)), ...(await measureDns(options))]
}
