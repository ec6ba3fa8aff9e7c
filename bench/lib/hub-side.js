// A hub on a store that is there: `node hub-side.js '{"port":…}'`, port being that of the store. Prints { url, dnsPort }
// once it knows every name, and ends with its parent.
import { startHub } from '@waypost/hub'

const { port } = JSON.parse(process.argv[2])
const endpoints = `http://127.0.0.1:${port}`
const hub = await startHub({ endpoints, port: 0, timeline: false, logger: false, dns: { port: 0 } })
console.log(JSON.stringify({ url: hub.url, dnsPort: hub.dns.port }))
process.stdin.resume().on('end', () => process.exit(0))
