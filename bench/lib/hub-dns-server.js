// A hub that serves the DNS: `node hub-dns-server.js '{"port":…}'`, port being that of the store. Prints the DNS port.
import { startHub } from '../../packages/hub/dist/index.js'

const { port } = JSON.parse(process.argv[2])
const endpoints = `http://127.0.0.1:${port}`
const hub = await startHub({ endpoints, port: 0, timeline: false, logger: false, dns: { port: 0 } })
console.log(hub.dns.port)
process.once('SIGTERM', () => void hub.close())
