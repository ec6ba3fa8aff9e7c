// The same six functions with Waypost, on the same keys.
import { connect } from 'waypost'

export async function openWaypost(endpoints) {
  const waypost = await connect({ endpoints })
  const { config, registry } = waypost

  async function registerService(service, id, { host, port, ...metadata }) {
    await registry.register({ service, id, host, port, metadata })
  }

  async function discoverService(service) {
    const view = await registry.discover(service)
    await view.close()
    return view.instances
  }

  async function watchService(service, callback) {
    const view = await registry.discover(service)
    const follow = async () => {
      for await (const _ of view.changes()) callback(view.instances)
    }
    follow().catch((error) => console.error(error))
  }

  return {
    saveConfig: (path, value) => config.set(path, value),
    getConfig: (path) => config.get(path),
    deleteConfig: (path) => config.delete(path),
    registerService,
    discoverService,
    watchService,
    close: () => waypost.close(),
  }
}
