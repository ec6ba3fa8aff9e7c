// Changes the weights of instances at a steady rate until it is killed: `node change-load.js '{"port":…}'`.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { benchRecord } from './bench-records.js'

const { port, services, perService, changesPerSecond } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
const tickMs = 10
let sent = 0
const startedMs = performance.now()
setInterval(() => {
  const due = ((performance.now() - startedMs) / 1000) * changesPerSecond
  for (; sent < due; sent++) {
    const [key, value] = benchRecord(sent % services, (sent * 7) % perService, 2 + (sent % 5))
    etcd.kv.put(key, value).catch((error) => {
      console.error(error)
      process.exit(1)
    })
  }
}, tickMs)
