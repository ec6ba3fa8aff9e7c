import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startStore } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { connect } from 'waypost'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

it.each(['docs/index.md', 'docs/index.zh-CN.md'])('%s shows the picture and the first program', (file) => {
  expect(read(file)).toContain(`\`\`\`js\n${read('examples/01-quickstart/first.mjs')}\`\`\``)
  expect(read(file)).toContain('](guides/images/overview.svg)')
})

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const text = read(file)

  it('shows the example as it is', () => {
    expect(text).toContain(
      `<!-- examples/01-quickstart/first.mjs -->\n\`\`\`js\n${read('examples/01-quickstart/first.mjs')}\`\`\``,
    )
  })

  it('links only to files that exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? '')
    expect(targets.length).toBeGreaterThan(5)
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([])
  })
})

describe('the first program', () => {
  it('has about fifteen lines', () => {
    expect(read('examples/01-quickstart/first.mjs').trimEnd().split('\n').length).toBeLessThanOrEqual(15)
  })

  it('registers, discovers, follows configuration, and leaves on Ctrl+C', async () => {
    const store = await startStore()
    const waypost = await connect({ endpoints: store.url })
    try {
      const child = spawn(process.execPath, [join(root, 'examples', '01-quickstart', 'first.mjs')], {
        env: { ...process.env, WAYPOST_ENDPOINTS: store.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(child)
      const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      expect((await lines.next()).value).toMatch(/^user is at .+:3000$/)
      expect((await lines.next()).value).toBe('the greeting is hello')
      await waypost.config.set('shop/greeting', 'good evening')
      expect((await lines.next()).value).toBe('the greeting is good evening')

      const users = await waypost.registry.discover('user')
      expect(users.instances.map(({ port }) => port)).toEqual([3000])
      const changes = users.changes()
      child.kill('SIGINT')
      expect(await exit).toBe(0)
      while (users.instances.length > 0) await changes.next()
    } finally {
      await waypost.close()
      await store.close()
    }
  })
})
