import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeTempDir, removeTempDir, requireOrSkip, run, startStore } from '@waypost/testkit'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from 'waypost'
import { waypostMetrics } from 'waypost/prometheus'
import { parse } from 'yaml'

const example = fileURLToPath(new URL('../../../examples/05-production/', import.meta.url))
const read = (name: string): string => readFileSync(join(example, name), 'utf8')

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

const { groups }: Rules = parse(read('alerts.yaml'))
const rules = groups.flatMap((group) => group.rules)
const { panels }: Dashboard = JSON.parse(read('dashboard.json'))
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]

/** The names of metrics in an expression of PromQL: identifiers that are neither functions, labels nor keywords. */
function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
  const names = bare.match(/[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? []
  return names.filter((name) => !['or', 'and', 'unless', 'bool'].includes(name))
}

/** What the store and a process that uses it show. */
async function shownNames(): Promise<Set<string>> {
  const store = await startStore()
  onTestFinished(() => store.close())
  const registry = new Registry()
  const metrics = waypostMetrics(registry)
  await using waypost = await connect({ endpoints: store.url, metrics: metrics.client })
  metrics.observe(waypost)
  await waypost.config.set('a', '1')
  const text = `${await (await fetch(`${store.url}/metrics`)).text()}\n${await registry.metrics()}`
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  )
  return new Set(['up', ...types])
}

test('alerts and dashboard ask for metrics that there are', async () => {
  expect(expressions.length).toBeGreaterThan(25)
  const shown = await shownNames()
  const unknown = expressions.flatMap(([where, expr]) =>
    metricsIn(expr)
      .filter((name) => !shown.has(name))
      .map((name) => `${where}: ${name}`),
  )
  expect(unknown).toEqual([])
  expect(metricsIn('sum by (le) (rate(a_bucket{b="c"}[5m])) / d > 0 or vector(0)')).toEqual(['a_bucket', 'd'])
})

test('rejected configurations, lost registrations and held instances raise alarms that the guide explains', () => {
  const asked = rules.flatMap(({ expr }) => metricsIn(expr))
  expect(asked).toEqual(
    expect.arrayContaining(['waypost_rejected_configurations', 'waypost_lost_registrations', 'waypost_held_instances']),
  )
  for (const guide of ['production.md', 'production.zh-CN.md']) {
    const text = readFileSync(join(example, '../../docs/guides', guide), 'utf8')
    const explained = [...text.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, name]) => name)
    expect(explained, guide).toEqual(rules.map(({ alert }) => alert))
  }
})

test('no panel lies on another', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = new Set<string>()
  for (const { title, gridPos } of panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(cells.has(`${x} ${y}`), title).toBe(false)
        cells.add(`${x} ${y}`)
      }
    }
  }
})

test.skipIf(!requireOrSkip('alert rules by promtool', 'promtool'))(
  'promtool takes the rules, and they fire',
  async () => {
    const check = await run('promtool', ['check', 'rules', join(example, 'alerts.yaml')])
    expect(check.code, check.stderr).toBe(0)
    const directory = makeTempDir('promtool')
    onTestFinished(() => removeTempDir(directory))
    const series = (name: string, values: string) => ({ series: `${name}{instance="web-1"}`, values })
    const fires = (alertname: string, labels: object) => ({ eval_time: '5m', alertname, exp_alerts: [labels] })

    const file = join(directory, 'test.yaml')
    const labels = { exp_labels: { instance: 'web-1' } }
    const annotated = (name: string, expected: object) => ({
      ...expected,
      exp_annotations: annotationsOf(name),
    })
    writeFileSync(
      file,
      JSON.stringify({
        rule_files: [join(example, 'alerts.yaml')],
        evaluation_interval: '30s',
        tests: [
          {
            interval: '30s',
            input_series: [
              series('waypost_rejected_configurations', '0 1x20'),
              series('waypost_lost_registrations', '0 1x20'),
              series('waypost_held_instances', '0 7x20'),
            ],
            alert_rule_test: [
              fires('ConfigurationRejected', annotated('ConfigurationRejected', labels)),
              fires('RegistrationLost', annotated('RegistrationLost', labels)),
              fires('InstancesHeld', annotated('InstancesHeld', { exp_labels: {} })),
              { eval_time: '5m', alertname: 'LeasesLost', exp_alerts: [] },
            ],
          },
        ],
      }),
    )
    const tested = await run('promtool', ['test', 'rules', file])
    expect(tested.code, tested.stdout + tested.stderr).toBe(0)
  },
)

/** As they read for `web-1`. */
function annotationsOf(alert: string): Record<string, string> {
  const found: unknown = rules.find((rule) => rule.alert === alert)
  const annotations =
    typeof found === 'object' && found !== null && 'annotations' in found ? JSON.stringify(found.annotations) : '{}'
  return JSON.parse(annotations.replaceAll('{{ $labels.instance }}', 'web-1'))
}
