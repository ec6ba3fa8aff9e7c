import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { freePorts, makeTempDir, Program, recordSkip, removeTempDir, run, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { startStoreAndHub } from '../../hub.test-support.ts'

async function hubWithServices() {
  const running = await startStoreAndHub()
  await using etcd = new EtcdClient({ endpoints: running.store.url })
  const records = {
    '/services/web/w1': {
      host: '10.0.0.1',
      port: 80,
      tags: ['v1', 'blue'],
      zone: 'z1',
      metadata: { 'metrics-path': '/m' },
    },
    '/services/web/w2': { host: '10.0.0.2', port: 80, weight: 0.5, zone: 'z2', scheme: 'https' },
    '/services/web/w3': { host: '10.0.0.3', port: 80, status: 'leaving' },
    '/services/api/a1': { host: 'api.example.com', port: 9000, scheme: 'grpc' },
    '/services/db/d1': { host: '10.0.0.9', port: 5432, scheme: 'postgres' },
  }
  for (const [key, record] of Object.entries(records)) await etcd.kv.put(key, JSON.stringify(record))
  return running
}

async function getJson(url: string): Promise<unknown> {
  const answer = await fetch(url)
  expect([url, answer.status]).toEqual([url, 200])
  return answer.json()
}

describe('what other programs read services from', () => {
  it('gives Prometheus every instance with its labels', async () => {
    await using running = await hubWithServices()
    const { url } = running.hub
    const all = await getJson(`${url}/v1/discovery/prometheus`)
    expect(all).toHaveLength(5)
    expect(await getJson(`${url}/v1/discovery/prometheus?service=web&tag=blue`)).toEqual([
      {
        targets: ['10.0.0.1:80'],
        labels: {
          __meta_waypost_service: 'web',
          __meta_waypost_id: 'w1',
          __meta_waypost_status: 'up',
          __meta_waypost_zone: 'z1',
          __meta_waypost_weight: '1',
          __meta_waypost_tags: ',v1,blue,',
          __meta_waypost_metadata_metrics_path: '/m',
        },
      },
    ])
    expect(await getJson(`${url}/v1/discovery/prometheus?status=up&service=web`)).toHaveLength(2)
  })

  it('describes services to Traefik: HTTP and gRPC by URL with weights, others as TCP, and routers when asked', async () => {
    await using running = await hubWithServices()
    expect(await getJson(`${running.hub.url}/v1/discovery/traefik?domain=example.com`)).toEqual({
      http: {
        services: {
          api: { loadBalancer: { servers: [{ url: 'h2c://api.example.com:9000' }], passHostHeader: true } },
          web: {
            loadBalancer: {
              servers: [
                { url: 'http://10.0.0.1:80', weight: 100 },
                { url: 'https://10.0.0.2:80', weight: 50 },
              ],
              passHostHeader: true,
            },
          },
        },
        routers: {
          api: { rule: 'Host(`api.example.com`)', service: 'api' },
          web: { rule: 'Host(`web.example.com`)', service: 'web' },
        },
      },
      tcp: { services: { db: { loadBalancer: { servers: [{ address: '10.0.0.9:5432' }] } } } },
    })
    await using empty = await startStoreAndHub()
    expect(await getJson(`${empty.hub.url}/v1/discovery/traefik`)).toEqual({})
  })

  it('answers Envoy with endpoints by zone, and with 304 while nothing has changed', async () => {
    await using running = await hubWithServices()
    const ask = (body: object) =>
      fetch(`${running.hub.url}/v3/discovery:endpoints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ node: { id: 'n1', cluster: 'edge', user_agent_name: 'envoy' }, ...body }),
      })
    const first = await ask({ resource_names: ['web', 'api'] })
    const answer = Object(await first.json())
    expect(answer).toMatchObject({
      type_url: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
      resources: [
        {
          cluster_name: 'web',
          endpoints: [
            {
              locality: { zone: 'z1' },
              lb_endpoints: [
                {
                  endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: 80 } } },
                  health_status: 'HEALTHY',
                  load_balancing_weight: 100,
                },
              ],
            },
            { locality: { zone: 'z2' }, lb_endpoints: [{ load_balancing_weight: 50 }] },
            { lb_endpoints: [{ health_status: 'DRAINING' }] },
          ],
        },
        { cluster_name: 'api', endpoints: [] },
      ],
    })
    const again = await ask({ resource_names: ['web', 'api'], version_info: answer.version_info })
    expect(again.status).toBe(304)
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    await etcd.kv.put('/services/web/w4', '10.0.0.4:80')
    await until('the change is told', async () => {
      return (await ask({ resource_names: ['web', 'api'], version_info: answer.version_info })).status === 200
    })
    expect((await fetch(`${running.hub.url}/v3/discoveryX`, { method: 'POST' })).status).toBe(404)
  })
})

const whatRuns = 'targets of a running Prometheus'
const hasPrometheus = await run('prometheus', ['--version'], { env: process.env, timeoutMs: 30_000 }).then(
  ({ code }) => code === 0,
  () => false,
)
if (!hasPrometheus) {
  if (process.env.CI === 'true') throw new Error(`${whatRuns} cannot be skipped when CI is true.`)
  recordSkip(whatRuns, 'prometheus is not installed')
}

describe.skipIf(!hasPrometheus)('Prometheus itself', () => {
  it('finds targets, relabels them, and forgets those that are gone', async () => {
    await using running = await hubWithServices()
    const directory = await makeTempDir('prometheus')
    const [port = 0] = await freePorts(1)
    const config = `
global: { scrape_interval: 1h }
scrape_configs:
  - job_name: waypost
    http_sd_configs: [{ url: '${running.hub.url}/v1/discovery/prometheus?service=web', refresh_interval: 1s }]
    relabel_configs:
      - { source_labels: [__meta_waypost_status], regex: up, action: keep }
      - { source_labels: [__meta_waypost_zone], target_label: zone }
      - { source_labels: [__meta_waypost_metadata_metrics_path], regex: (.+), target_label: __metrics_path__ }
`
    await writeFile(join(directory, 'prometheus.yml'), config)
    const args = [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    await using _prometheus = await Program.start('prometheus', args, { env: process.env })
    const targets = async (): Promise<string[]> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=active`).catch(() => undefined)
      const { data } = answer?.ok ? Object(await answer.json()) : { data: undefined }
      const active: unknown[] = data?.activeTargets ?? []
      return active.map((each) => `${Object(each).labels.zone} ${Object(each).scrapeUrl}`).sort()
    }
    await until('both targets are there', async () => {
      return (await targets()).join() === 'z1 http://10.0.0.1:80/m,z2 http://10.0.0.2:80/metrics'
    })
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    await etcd.kv.delete('/services/web/w2')
    await until('one is gone', async () => (await targets()).length === 1)
    await removeTempDir(directory)
  })
})
