// Both programs on one store: each sees what the other registers and saves.
import { openEtcd3 } from './with-etcd3.mjs'
import { openWaypost } from './with-waypost.mjs'

const url = process.env.WAYPOST_ENDPOINTS ?? 'http://127.0.0.1:2379'
const etcd3 = openEtcd3(url)
const waypost = await openWaypost(url)
const ports = (instances) => instances.map(({ port }) => port).sort()
const seen = { etcd3: [], waypost: [] }
let changed = () => {}

function watcher(name) {
  return (instances) => {
    seen[name] = ports(instances)
    changed()
  }
}

/** Resolves when both have been told that these ports are there. */
function untilBothSee(...wanted) {
  return new Promise((resolve) => {
    changed = () => {
      if (`${seen.etcd3}` === `${wanted}` && `${seen.waypost}` === `${wanted}`) resolve()
    }
    changed()
  })
}

await etcd3.watchService('my_service', watcher('etcd3'))
await waypost.watchService('my_service', watcher('waypost'))

await etcd3.registerService('my_service', 'instance_1', { host: 'localhost', port: 3000 })
await etcd3.registerService('my_service', 'instance_2', { host: 'localhost', port: 3002 })
await waypost.registerService('my_service', 'instance_3', { host: 'localhost', port: 3004 })
await untilBothSee(3000, 3002, 3004)
console.log('etcd3 discovers  ', ports(await etcd3.discoverService('my_service')))
console.log('Waypost discovers', ports(await waypost.discoverService('my_service')))

// Waypost keeps configuration under /config/; to etcd3 that is a key like any other.
await waypost.saveConfig('config-key', 'saved by Waypost')
console.log('etcd3 reads      ', await etcd3.getConfig('/config/config-key'))
await etcd3.saveConfig('/config/config-key', 'saved by etcd3')
console.log('Waypost reads    ', await waypost.getConfig('config-key'))
await waypost.deleteConfig('config-key')
console.log('etcd3 reads      ', await etcd3.getConfig('/config/config-key'))

await waypost.close()
await etcd3.close()
console.log('Both have ended. instance_3 left at once; instance_1 and instance_2 stay until their lease runs out.')
