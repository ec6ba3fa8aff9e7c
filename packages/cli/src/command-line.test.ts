import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { type EtcdProcess, freePorts, requireOrSkip, run, startEtcd } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bin, waypostAlone as waypost } from './waypost.test-support.ts'

describe('without a store', () => {
  test('--version and --help', async () => {
    expect(await waypost(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    const help = await waypost(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('serve')
    expect((await waypost(['help', 'lease', 'grant'])).stdout).toContain('waypost lease grant 60')
  })

  test('an unknown command or option suggests one, with exit code 2', async () => {
    const command = await waypost(['gte', 'a'])
    expect(command).toMatchObject({ code: 2, stdout: '' })
    expect(command.stderr).toContain('Did you mean get?')
    const option = await waypost(['get', 'a', '--prefx'])
    expect(option.code).toBe(2)
    expect(option.stderr).toContain('Did you mean --prefix?')
    expect((await waypost([])).code).toBe(2)
    expect((await waypost(['get'])).code).toBe(2)
  })

  test('a command line that is not UTF-8 is refused, before what is left of it is written', async () => {
    const script = `exec "$0" "$1" put "$(printf '\\377')" x`
    const { code, stderr } = await run('sh', ['-c', script, process.execPath, bin])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .*UTF-8.*\n$/)
  })

  test('an error is one line that says what to do, without a stack', async () => {
    const [port = 0] = await freePorts(1)
    const endpoint = `127.0.0.1:${port}`
    const { code, stdout, stderr } = await waypost(['put', 'a', '1', '--endpoints', endpoint, '--timeout', '2s'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^error \(unavailable\): .+\n$/)
    expect(stderr).toContain(String(port))
    expect(stderr).toContain('endpoints')
    const debugged = await waypost(['get', 'a', '--endpoints', endpoint, '--timeout', '1s'], {
      env: { WAYPOST_DEBUG: '1' },
    })
    expect(debugged.stderr).toMatch(/\n {4}at /)
  })

  test('a user without a password, and nobody to ask', async () => {
    const { code, stderr } = await waypost(['get', 'a', '--user', 'root'])
    expect(code).toBe(2)
    expect(stderr).toContain('WAYPOST_PASSWORD')
  })

  test('a certificate that is not there', async () => {
    const { code, stderr } = await waypost(['get', 'a', '--cacert', '/nowhere/ca.pem'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: --cacert .*\/nowhere\/ca\.pem.*\n$/)
  })

  test('a command loads what it needs, not what others need', async () => {
    const say = 'export const load = (url, context, next) => (process._rawDebug(url), next(url, context))'
    const hooks = `data:text/javascript,${encodeURIComponent(say)}`
    const register = `data:text/javascript,import { register } from 'node:module'; register(${JSON.stringify(hooks)})`
    // As built: every module bears its name there.
    const built = fileURLToPath(new URL('../bin/waypost.js', import.meta.url))
    const load = (...args: string[]) => run(process.execPath, ['--import', register, built, ...args])
    const nowhere = ['--endpoints', 'http://127.0.0.1:1', '--timeout', '100ms']
    const [get, configGet] = await Promise.all([load('get', '--help'), load('config', 'get', 'a', ...nowhere)])
    expect(get.code).toBe(0)
    expect(get.stderr).toContain('/client/dist/')
    expect(get.stderr).not.toMatch(/\/server\/dist\/index|lmdb|string-width|yaml|\/registry\/|\/config\/|commands\/put/)
    expect(configGet.stderr).toContain('/config/dist/')
    expect(configGet.stderr).not.toMatch(
      /node_modules\/(ajv|diff|fflate|liquidjs)\/|\/registry\/|\/server\/dist\/index/,
    )
  })

  test('a Node that is too old is told so, in syntax that it can read', () => {
    const source = readFileSync(new URL('../bin/waypost.js', import.meta.url), 'utf8')
    expect(source).not.toMatch(/=>|`|\b(const|let|import|await|async|class)\b(?!.*Install)/)
    const startWith = (node: string): string => {
      let said = ''
      const process = {
        versions: { node },
        stderr: { write: (text: string) => (said += text) },
        exitCode: 0,
      }
      runInNewContext(source.replace(/^#!.*/, ''), { process, require: () => (said += 'started') })
      return said
    }
    expect(startWith('20.18.3')).toBe(
      'Waypost needs Node 20.19 or later; this is Node 20.18.3. Install a newer one from https://nodejs.org.\n',
    )
    expect(startWith('8.17.0')).toContain('this is Node 8.17.0')
    expect(startWith('20.19.0')).toBe('started')
    expect(startWith('22.0.0')).toBe('started')
  })
})

describe.skipIf(!requireOrSkip('waypost with a store', 'etcd'))('with a store', () => {
  let etcd: EtcdProcess

  beforeAll(async () => {
    etcd = await startEtcd()
  })

  afterAll(async () => {
    await etcd.close()
  })

  test('a reader that has seen enough ends it quietly', async () => {
    await waypost(['put', 'big'], { stdin: 'x\n'.repeat(400_000), env: { WAYPOST_ENDPOINTS: etcd.url } })
    const child = spawn('sh', ['-c', '"$@" | head -n 1', 'sh', process.execPath, bin, 'get', 'big'], {
      env: { ...process.env, WAYPOST_ENDPOINTS: etcd.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.stdout.resume()
    await new Promise((resolve) => child.once('close', resolve))
    expect(stderr).toBe('')
  })

  test('tables have no colours where nobody looks', async () => {
    const env = { WAYPOST_ENDPOINTS: etcd.url, CI: 'true' }
    await waypost(['put', 'table/键', '值\n2'], { env })
    const { stdout } = await waypost(['get', '--prefix', 'table/', '-w', 'table'], { env })
    expect(stdout).toMatch(/^KEY {7}VALUE {2}VERSION {2}CREATED {2}MODIFIED {2}LEASE\ntable\/键 {2}值\\n2 {2}1 /)
    const status = await waypost(['status'], { env })
    expect(status.stdout).toMatch(/^ENDPOINT .* REVISION .*\n.*3\.\d+\.\d+ .* leader /)
  })

  test('endpoints come from the option, else WAYPOST_…, else ETCDCTL_…', async () => {
    const dead = '127.0.0.1:1'
    await waypost(['put', 'where', 'here', '--endpoints', etcd.url])
    for (const [args, env] of [
      [['--endpoints', etcd.url], { WAYPOST_ENDPOINTS: dead, ETCDCTL_ENDPOINTS: dead }],
      [[], { WAYPOST_ENDPOINTS: etcd.url, ETCDCTL_ENDPOINTS: dead }],
      [[], { ETCDCTL_ENDPOINTS: etcd.url.replace('http://', '') }],
      [['--endpoints', `${dead},${etcd.url}`], {}],
    ] as const) {
      expect((await waypost(['get', 'where', ...args], { env })).stdout).toBe('where\nhere\n')
    }
  })

  test('a namespace is put in front of keys and taken off again', async () => {
    const env = { WAYPOST_ENDPOINTS: etcd.url }
    await waypost(['put', '/a', '1', '--namespace', '/prod'], { env })
    expect((await waypost(['get', '--prefix', '', '--namespace', '/prod'], { env })).stdout).toBe('/a\n1\n')
    expect((await waypost(['get', '/prod/a'], { env })).stdout).toBe('/prod/a\n1\n')
  })

  test('a status that one endpoint does not answer fails, and shows the others', async () => {
    const { code, stdout, stderr } = await waypost([
      'status',
      '--endpoints',
      `${etcd.url},127.0.0.1:1`,
      '--timeout',
      '1s',
    ])
    expect(code).toBe(3)
    expect(stdout).toContain(etcd.url)
    expect(stderr).toContain('127.0.0.1:1')
  })
})
