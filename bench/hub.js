// The hub: its DNS beside CoreDNS with the etcd plugin.
import { measureDns } from './lib/hub-dns.js'

export async function run(options) {
  return await measureDns(options)
}
