import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  freePorts,
  makeTempDir,
  Program,
  recordSkip,
  removeTempDir,
  run,
  until,
  whyNoNamespaces,
} from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const fixture = fileURLToPath(new URL('fixtures/dns.mjs', import.meta.url))

const services = {
  web: ['10.0.0.1', '10.0.0.2', '2001:db8::1'],
  many: Array.from({ length: 300 }, (_, index) => `10.1.${index >> 8}.${index & 255}`),
  db: ['db.example.com'],
}

async function has(command: string, ...args: string[]): Promise<boolean> {
  const probe = await run(command, args, { env: process.env, timeoutMs: 30_000 }).catch(() => undefined)
  return probe?.code === 0
}

/** Skips by name, and under CI not at all. */
function canRun(tests: string, reason: string | undefined): boolean {
  if (reason === undefined) return true
  if (process.env.CI === 'true') throw new Error(`${tests} cannot be skipped when CI is true, but ${reason}.`)
  recordSkip(tests, reason)
  return false
}

const hasDig = canRun('answers read by dig', (await has('dig', '-v')) ? undefined : 'dig is not installed')
const noGlibc =
  (await whyNoNamespaces()) ?? ((await has('getent', '--version')) ? undefined : 'getent is not installed')
// A machine may forbid namespaces, whatever is installed there.
if (noGlibc !== undefined) recordSkip("answers read by the system's resolver", noGlibc)

/** `GOBIN=~/.cache/waypost go install github.com/coredns/coredns@v1.15.0` puts it there, in three minutes. */
const built = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', 'coredns')
const coredns = existsSync(built) ? built : 'coredns'
const isLong = process.env.WAYPOST_LONG !== undefined && process.env.WAYPOST_LONG !== ''
const hasCoreDns = isLong && hasDig && (await has(coredns, '-version'))
if (isLong && !hasCoreDns) recordSkip('answers that CoreDNS forwards', 'CoreDNS is not there')

let server: Program
let port: number

beforeAll(async () => {
  const args = [fixture, '127.0.0.1', '0', JSON.stringify(services)]
  server = await Program.start(process.execPath, args, { env: process.env, keepStdinOpen: true })
  port = Number(await server.waitForOutput('\n'))
})

afterAll(async () => {
  server.closeStdin()
  await server.exited
})

async function dig(at: number, ...args: string[]): Promise<string> {
  const { stdout } = await run('dig', ['@127.0.0.1', '-p', String(at), ...args], {
    env: process.env,
    timeoutMs: 60_000,
  })
  return stdout
}

const asked = [
  'web.service A',
  'web.service AAAA',
  'web.service SRV',
  'web.service TXT',
  'web.service MX',
  'web.service ANY',
  '_web._tcp.service SRV',
  'many.service A',
  'db.service SRV',
  'service A',
  'nothing.service A',
  '0a000001.addr A',
  'ns1 A',
]

describe.skipIf(!hasDig)('dig', () => {
  it('finds nothing to complain about, over UDP and TCP, with and without EDNS', async () => {
    for (const flags of [[], ['+tcp'], ['+noedns'], ['+bufsize=512'], ['+dnssec']]) {
      for (const question of asked) {
        const [below = '', type = ''] = question.split(' ')
        const text = await dig(port, ...flags, '+norecurse', `${below}.waypost.internal`, type)
        expect([question, flags, /WARNING|malformed|mismatch|unexpected/i.exec(text)?.[0]]).toEqual([
          question,
          flags,
          undefined,
        ])
      }
    }
    expect(await dig(port, '+short', 'many.service.waypost.internal')).toMatch(/^(10\.1\.\d+\.\d+\n){300}$/)
    expect(await dig(port, '+edns=1', '+noednsneg', 'web.service.waypost.internal')).toContain('BADVERS')
    expect(await dig(port, '-x', '10.0.0.1', '+short')).toBe('web.service.waypost.internal.\n')
    expect(await dig(port, 'example.com')).toContain('status: REFUSED')
  })
})

describe.skipIf(noGlibc !== undefined)("the system's resolver", () => {
  it('finds services by name and by address, also when there are many', async () => {
    const directory = await makeTempDir('resolver')
    const conf = join(directory, 'resolv.conf')
    await writeFile(conf, 'nameserver 127.0.0.1\nsearch service.waypost.internal\n')
    const nss = join(directory, 'nsswitch.conf')
    await writeFile(nss, 'hosts: dns\n')
    const script = [
      'getent ahosts web',
      'echo ---; getent ahosts many.service.waypost.internal | grep -c STREAM',
      'echo ---; getent hosts 10.0.0.2',
      'echo ---; getent ahosts nothing || echo none',
    ].join('; ')
    const inside = `ip link set lo up && mount --bind ${conf} /etc/resolv.conf && mount --bind ${nss} /etc/nsswitch.conf && exec "$@"`
    const command = [process.execPath, fixture, '127.0.0.1', '53', JSON.stringify(services), 'sh', '-c', script]
    const args = ['--net', '--mount', 'sh', '-c', inside, 'sh', ...command]
    const { stdout, stderr } = await run('unshare', args, { env: process.env, timeoutMs: 120_000 })
    const [web = '', many = '', reverse = '', nothing = ''] = stdout.split('---\n')
    for (const address of ['10.0.0.1', '10.0.0.2', '2001:db8::1']) expect(web, stderr).toContain(address)
    expect(many.trim()).toBe('300')
    expect(reverse).toMatch(/^10\.0\.0\.2\s+web\.service\.waypost\.internal/)
    expect(nothing).toBe('none\n')
    await removeTempDir(directory)
  })
})

describe.skipIf(!hasCoreDns)('CoreDNS that forwards', () => {
  it('passes every answer on as it is', async () => {
    const directory = await makeTempDir('coredns')
    const [at = 0] = await freePorts(1)
    const file = join(directory, 'Corefile')
    await writeFile(file, `waypost.internal:${at} {\n  bind 127.0.0.1\n  forward . 127.0.0.1:${port}\n}\n`)
    await using _coredns = await Program.start(coredns, ['-conf', file], { env: process.env })
    await until('it answers', async () =>
      (await dig(at, '+tries=1', '+timeout=1', 'waypost.internal', 'SOA')).includes('NOERROR'),
    )
    for (const flags of [[], ['+tcp'], ['+bufsize=1232']]) {
      for (const question of asked) {
        const [below = '', type = ''] = question.split(' ')
        const read = async (from: number): Promise<string[]> => {
          const text = await dig(from, ...flags, '+nostats', '+nocmd', '+multiline', `${below}.waypost.internal`, type)
          const status = /status: \w+/.exec(text)?.[0] ?? 'none'
          const records = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'))
          return [status, ...records.sort()]
        }
        expect([question, flags, await read(at)]).toEqual([question, flags, await read(port)])
      }
    }
    await removeTempDir(directory)
  })
})
