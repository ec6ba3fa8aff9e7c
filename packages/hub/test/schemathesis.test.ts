import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recordSkip, run } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../src/hub.test-support.ts'

const cwd = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', 'schemathesis')
const hooks = fileURLToPath(new URL('foreign/', import.meta.url))
const seconds = 240

it.skipIf(process.env.WAYPOST_LONG === undefined)(
  'schemathesis finds no answer that the OpenAPI document does not announce',
  async () => {
    mkdirSync(cwd, { recursive: true })
    const options = { cwd, timeoutMs: (seconds + 120) * 1_000 }
    const install = 'python3 -m venv venv && venv/bin/pip install --quiet schemathesis'
    const installed = await run('sh', ['-c', install], { ...options, env: process.env })
    if (installed.code !== 0) {
      recordSkip('schemathesis', 'it cannot be installed')
      return
    }
    await using running = await startStoreAndHub()
    const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
    const args = [
      ...['run', `${running.hub.url}/openapi.json`, '--phases', 'fuzzing', '--max-time', String(seconds)],
      ...['--checks', checks, '--suppress-health-check', 'all', '--warnings', 'off', '--continue-on-failure'],
      // Without an instance there is none to pick (503). The others take the store away from under the test.
      ...['--exclude-operation-id', 'names.pick', '--exclude-path-regex', 'snapshot|defrag', '--no-color'],
    ]
    const env = { ...process.env, PYTHONPATH: hooks, SCHEMATHESIS_HOOKS: 'schemathesis_hooks' }
    const { code, stdout } = await run('venv/bin/schemathesis', args, { ...options, env })
    expect(code, stdout.slice(0, 20_000)).toBe(0)
  },
  (seconds + 300) * 1_000,
)
