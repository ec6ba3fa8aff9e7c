// What tutorials write with npm etcd3: a thin wrapper around its calls. Only `close` is added: without it, the lease
// and the watch keep the process alive forever.
import { Etcd3 } from 'etcd3'

export function openEtcd3(url) {
  const client = new Etcd3({ hosts: url })
  const leases = []
  const watchers = []

  async function saveConfig(key, value) {
    await client.put(key).value(value)
  }

  async function getConfig(key) {
    return await client.get(key).string()
  }

  async function deleteConfig(key) {
    await client.delete().key(key)
  }

  async function registerService(serviceName, instanceId, metadata) {
    const key = `/services/${serviceName}/${instanceId}`
    const lease = client.lease(10)
    leases.push(lease)
    await lease.put(key).value(JSON.stringify(metadata))
    lease.on('lost', async () => {
      console.log('etcd3: lease lost, registering again …')
      await registerService(serviceName, instanceId, metadata)
    })
  }

  async function discoverService(serviceName) {
    const instances = await client.getAll().prefix(`/services/${serviceName}`).strings()
    return Object.values(instances).map((value) => JSON.parse(value))
  }

  async function watchService(serviceName, callback) {
    const watcher = await client.watch().prefix(`/services/${serviceName}`).create()
    watchers.push(watcher)
    watcher.on('put', async () => callback(await discoverService(serviceName)))
    watcher.on('delete', async () => callback(await discoverService(serviceName)))
  }

  async function close() {
    for (const lease of leases) lease.release()
    await Promise.all(watchers.map((watcher) => watcher.cancel()))
    client.close()
  }

  return {
    saveConfig,
    getConfig,
    deleteConfig,
    registerService,
    discoverService,
    watchService,
    close,
  }
}
