import { readFileSync } from 'node:fs'
import { prometheusMetrics } from '@waypost/client/prometheus'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'

const reference = readFileSync(new URL('../../../docs/reference/client.md', import.meta.url), 'utf8')

function optionsIn(file: string, type: string): string[] {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
  const body = new RegExp(`interface ${type} .*?\\n}`, 's').exec(source)?.[0] ?? ''
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name)
}

describe('the reference of the client', () => {
  it.each([
    ['client-options.ts', 'EtcdClientOptions'],
    ['link/tls-material.ts', 'EtcdTlsOptions'],
    ['watch/watch.ts', 'WatchOptions'],
    ['cache/cache-options.ts', 'CacheOptions'],
    ['lease/leases.ts', 'GrantOptions'],
  ])('describes every option: %s, %s', (file, type) => {
    const names = optionsIn(file, type)
    expect(names.length).toBeGreaterThan(2)
    expect(names.filter((name) => !reference.includes(`\`${name}\``))).toEqual([])
  })

  it('names exactly the metrics that there are', () => {
    const registry = new Registry()
    prometheusMetrics(registry)
    const described = [...reference.matchAll(/`(waypost_client_\w+)`/g)].map(([, name]) => name)
    expect(new Set(described)).toEqual(new Set(registry.getMetricsAsArray().map(({ name }) => name)))
  })
})
