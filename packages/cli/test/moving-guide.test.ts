import { readFileSync } from 'node:fs'
import { EtcdClient } from '@waypost/client'
import { makeTempDir, removeTempDir, requireOrSkip, run, startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { packedPackages } from '../../../scripts/packed.js'

const { bin } = await packedPackages()
const guide = readFileSync(new URL('../../../docs/guides/moving.md', import.meta.url), 'utf8')
const runs = requireOrSkip('the guide to moving', 'etcdctl')

/** The guide's commands, in order, with the ports of the stores of this test. */
function commands(ports: { readonly from: number; readonly to: number }): string[][] {
  const blocks = [...guide.matchAll(/^```sh (\w+)\n(.*?)^```$/gms)]
  return blocks.flatMap(([, , text = '']) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.replace(':2379', `:${ports.from}`).replace(':3379', `:${ports.to}`).split(' ')),
  )
}

test.skipIf(!runs)(
  'every command of the guide to moving works',
  async () => {
    const cwd = makeTempDir('moving-guide')
    onTestFinished(() => removeTempDir(cwd))
    const [from, to] = await Promise.all([startStore({ dataDir: `${cwd}/from` }), startStore()])
    onTestFinished(async () => {
      await Promise.all([from.close(), to.close()])
    })
    await using etcd = new EtcdClient({ endpoints: from.url })
    for (const key of ['a', 'b', 'c']) await etcd.kv.put(key, key)
    const env = { ...process.env, WAYPOST_ENDPOINTS: from.url, ETCDCTL_API: '3' }
    const lines = commands({ from: from.port, to: to.port })
    expect(lines.length).toBeGreaterThanOrEqual(8)
    for (const [program = '', ...args] of lines) {
      const [path, argv] = program === 'waypost' ? [process.execPath, [bin, ...args]] : [program, args]
      const exit = await run(path, argv, { cwd, env })
      expect({ line: [program, ...args].join(' '), code: exit.code }, exit.stderr).toMatchObject({ code: 0 })
    }
    await using copy = new EtcdClient({ endpoints: to.url })
    expect((await copy.kv.get('c'))?.text()).toBe('c')
    const restored = await startStore({ dataDir: `${cwd}/restored` })
    onTestFinished(() => restored.close())
    await using again = new EtcdClient({ endpoints: restored.url })
    expect((await again.kv.get('a', { revision: 2 }))?.text()).toBe('a')
  },
  60_000,
)
