import { fileURLToPath } from 'node:url'
import { recordSkip, run } from '@waypost/testkit'
import { expect, test } from 'vitest'

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))

const languages = [
  { id: 'go', name: 'Go', check: ['go', 'mod', 'download'], missing: 'Go or its modules are not there' },
  { id: 'python', name: 'Python', check: ['python3', '--version'], missing: 'Python is not installed' },
]

test('instances in Go, Python and TypeScript find, call and leave each other', async () => {
  const present = [{ id: 'typescript', name: 'TypeScript' }]
  for (const { id, name, check, missing } of languages) {
    const [command = '', ...args] = check
    const probe = await run(command, args, {
      cwd: `${examples}04-go-and-python`,
      env: process.env,
      timeoutMs: 60_000,
    }).catch(() => undefined)
    if (probe?.code === 0) present.push({ id, name })
    else recordSkip(`the example in ${name}`, missing)
  }
  if (present.length < 3) return
  const exit = await run(process.execPath, [`${examples}run.js`, '04-go-and-python/main.mjs'], {
    env: { ...process.env, WAYPOST_ENDPOINTS: '' },
    timeoutMs: 120_000,
  })
  expect(exit.code, exit.stderr).toBe(0)
  for (const finder of present) {
    for (const other of present.filter(({ id }) => id !== finder.id)) {
      expect(exit.stdout).toContain(
        `${finder.name} finds /services/greeter/${other.id}, which says: hello from ${other.name}\n`,
      )
    }
  }
  for (const { id } of languages)
    expect(exit.stdout).toContain(`TypeScript sees that /services/greeter/${id} has left\n`)
}, 180_000)
