// The hub: its HTTP API beside a bare Fastify, its DNS beside CoreDNS with the etcd plugin, and how it grows.
import { measureDns } from './lib/hub-dns.js'
import { measureHttp } from './lib/hub-http.js'
import { measureScale } from './lib/hub-scale.js'

export async function run(options) {
  return [...(await measureHttp(options)), ...(await measureDns(options)), ...(await measureScale(options))]
}
