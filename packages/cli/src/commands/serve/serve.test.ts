import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { EtcdClient } from '@waypost/client'
import { freePorts, makeTempDir, type Program, removeTempDir, requireOrSkip, startEtcd } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

const tlsFixtures = new URL('../../../../testkit/fixtures/tls/', import.meta.url).pathname

const ready = /on (https?:\/\/127\.0\.0\.1:\d+)/

let directory: string

beforeEach(async () => {
  directory = await makeTempDir('waypost-serve')
})

afterEach(async () => {
  await removeTempDir(directory)
})

async function serve(...args: string[]): Promise<{ server: Program; url: string }> {
  const server = await startWaypost(['serve', ...args], { cwd: directory })
  const [, url = ''] = ready.exec(await server.waitForOutput('Ctrl+C')) ?? []
  return { server, url }
}

describe('serve', () => {
  test('says where it listens, where the data is, and what to try next', async () => {
    const { server, url } = await serve('--port', '0')
    await using _ = server
    expect(server.stdout).toContain(join(directory, '.waypost'))
    const suggestions = [...server.stdout.matchAll(/^ {2}waypost (.+)$/gm)].map(([, words = '']) => words.split(' '))
    expect(suggestions).toHaveLength(3)
    const [first = []] = suggestions
    expect(first).toContain(url)
    expect(await waypost(first)).toMatchObject({ code: 0, stdout: 'OK\n' })
  })

  test('Ctrl+C stops it cleanly, and the data is there the next time', async () => {
    const first = await serve('--port', '0')
    await waypost(['put', 'kept', 'yes', '--endpoints', first.url])
    first.server.signal('SIGINT')
    expect(await first.server.exited).toMatchObject({ code: 0, signal: null })
    const second = await serve('--port', '0')
    await using _ = second.server
    expect((await waypost(['get', 'kept', '--endpoints', second.url])).stdout).toBe('kept\nyes\n')
  })

  test('SIGTERM stops it cleanly too', async () => {
    const { server } = await serve('--port', '0', '--memory')
    expect(server.stdout).toContain('in memory only')
    server.signal('SIGTERM')
    expect(await server.exited).toMatchObject({ code: 0, signal: null })
  })

  describe('over TLS', () => {
    const file = (name: string) => join(tlsFixtures, `${name}.pem`)
    const reach = (url: string) => ['--endpoints', url, '--cacert', file('ca.cert')]

    test('with the certificates that are given', async () => {
      const args = ['--cert-file', file('server.cert'), '--key-file', file('server.key')]
      const { server, url } = await serve('--port', '0', '--memory', ...args)
      await using _ = server
      expect(url).toMatch(/^https:/)
      expect(await waypost(['put', 'a', '1', ...reach(url)])).toMatchObject({ code: 0, stdout: 'OK\n' })
      const stranger = await waypost(['get', 'a', '--endpoints', url])
      expect(stranger).toMatchObject({ stdout: '' })
      expect(stranger.code).not.toBe(0)
    })

    test('only clients with a certificate, when asked for', async () => {
      const args = ['--cert-file', file('server.cert'), '--key-file', file('server.key')]
      const { server, url } = await serve(
        ...['--port', '0', '--memory', ...args, '--trusted-ca-file', file('ca.cert'), '--client-cert-auth'],
      )
      await using _ = server
      const certificates = ['--cert', file('client.cert'), '--key', file('client.key')]
      expect(await waypost(['put', 'a', '1', ...reach(url), ...certificates])).toMatchObject({ code: 0 })
      expect((await waypost(['put', 'a', '2', ...reach(url)])).code).not.toBe(0)
    })

    test('SIGHUP reads the certificates again; bad ones change nothing', async () => {
      const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
      const place = async (name: string) => {
        await copyFile(file(`${name}.cert`), cert)
        await copyFile(file(`${name}.key`), key)
      }
      await place('server')
      const { server, url } = await serve('--port', '0', '--memory', '--cert-file', cert, '--key-file', key)
      await using _ = server
      expect(await servedName(url)).toBe('first server')
      await writeFile(cert, 'not a certificate')
      server.signal('SIGHUP')
      await expect.poll(() => server.stderr).toContain('The old certificates stay in use')
      expect(server.stderr).toContain(cert)
      expect(await servedName(url)).toBe('first server')
      await place('server-2')
      server.signal('SIGHUP')
      await expect.poll(() => server.stderr).toContain('were reloaded')
      expect(await servedName(url)).toBe('second server')
    })

    test.each([
      ['a certificate without a key', ['--cert-file', 'x']],
      ['authorities without a certificate', ['--trusted-ca-file', 'x']],
      ['clients that no authority vouches for', ['--cert-file', 'x', '--key-file', 'x', '--client-cert-auth']],
    ])('%s is a mistake', async (_mistake, args) => {
      expect(await waypost(['serve', '--memory', '--port', '0', ...args])).toMatchObject({ code: 2, stdout: '' })
    })
  })

  test('a port that another program has', async () => {
    const other = createServer((_request, response) => response.end('something else'))
    const port = await listen(other)
    try {
      const { code, stdout, stderr } = await waypost(['serve', '--memory', '--port', String(port)])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^error \(port-in-use\): .*--port.*\n$/)
      expect(stderr).not.toContain('--endpoints')
    } finally {
      other.close()
    }
  })

  test('a port that a store has: it can be used as it is', async () => {
    const { server, url } = await serve('--port', '0', '--memory')
    await using _ = server
    const { stderr } = await waypost(['serve', '--memory', '--port', new URL(url).port])
    expect(stderr).toMatch(/^error \(port-in-use\): .*\n$/)
    expect(stderr).toContain(`--endpoints ${url}`)
    expect(stderr).toContain('--port')
  })

  test.skipIf(!requireOrSkip('serve on the port of an etcd', 'etcd'))('a port that an etcd has', async () => {
    await using etcd = await startEtcd()
    const { stderr } = await waypost(['serve', '--memory', '--port', String(etcd.port)])
    expect(stderr).toContain(`--endpoints ${etcd.url}`)
  })

  test('a data directory that another process uses', async () => {
    const { server } = await serve('--port', '0')
    await using _ = server
    const second = await waypost(['serve', '--port', '0'], { cwd: directory })
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^error \(data-dir-in-use\): .*--data-dir.*\n$/)
    expect(second.stderr).toContain(String(server.pid))
  })

  test('a data directory that cannot be made', async () => {
    await writeFile(join(directory, 'file'), '')
    const { code, stderr } = await waypost(['serve', '--port', '0', '--data-dir', join(directory, 'file', 'data')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error \(data-dir-\w+\): .*--data-dir.*\n$/)
  })

  test('a data directory with files of somebody else', async () => {
    await mkdir(join(directory, 'photos'))
    await writeFile(join(directory, 'photos', 'holiday.jpg'), 'not ours')
    const { code, stderr } = await waypost(['serve', '--port', '0', '--data-dir', join(directory, 'photos')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error \(data-dir-foreign\): .*\n$/)
  })

  test('a data directory of a newer version', async () => {
    const { server } = await serve('--port', '0')
    await server.stop()
    await writeFile(join(directory, '.waypost', 'FORMAT'), '{"format":9999}\n')
    const { code, stderr } = await waypost(['serve', '--port', '0'], { cwd: directory })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error \(data-dir-newer\): .*\n$/)
  })

  test('beyond this machine only with a login, or when it is said aloud', async () => {
    const refused = await waypost(['serve', '--memory', '--port', '0', '--host', '0.0.0.0'])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/--root-password-file.*--insecure/)
    const durable = await waypost(['serve', '--port', '0', '--host', '0.0.0.0'], { cwd: directory })
    expect(durable).toMatchObject({ code: 2, stdout: '' })
    expect(await readdir(directory)).toEqual([])
  })

  test('signed tokens are given, and a key that cannot be used is refused before anything is written', async () => {
    await writeFile(join(directory, 'password'), 'open sesame\n')
    await writeFile(join(directory, 'secret'), 'a secret of the servers')
    const password = ['--root-password-file', 'password']
    const refused = await waypost(['serve', '--port', '0', ...password, '--auth-token', 'jwt,sign-method=RS256'], {
      cwd: directory,
    })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(await readdir(directory)).toEqual(['password', 'secret'])
    const token = ['--auth-token', 'jwt,sign-method=HS256,priv-key=secret,ttl=1m']
    const { server, url } = await serve('--port', '0', '--memory', ...password, ...token)
    await using _ = server
    expect(server.stderr).toMatch(/ WARN {2}store-warning .*The secret in secret .* 32 random bytes or more\./)
    expect(server.stderr).not.toContain('a secret of the servers')
    const body = JSON.stringify({ name: 'root', password: 'open sesame' })
    const answer: unknown = await (await fetch(`${url}/v3/auth/authenticate`, { method: 'POST', body })).json()
    expect(answer).toMatchObject({ token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/) })
    expect(await waypost(['put', 'a', '1', '--endpoints', url, '--user', 'root:open sesame'])).toMatchObject({
      code: 0,
    })
  })

  test.each(['WAYPOST_ROOT_PASSWORD', 'ETCD_ROOT_PASSWORD'])('the password for root is taken from %s', async (name) => {
    const env = { [name]: 'open sesame' }
    await using server = await startWaypost(['serve', '--port', '0', '--memory'], { env })
    const [, url = ''] = ready.exec(await server.waitForOutput('Ctrl+C')) ?? []
    const get = ['get', 'a', '--endpoints', url]
    const codes = [waypost(get), waypost([...get, '--user', 'root:open sesame'])].map(async (run) => (await run).code)
    expect(await Promise.all(codes)).toEqual([6, 0])
  })

  test('a password that comes too late opens no door', async () => {
    await writeFile(join(directory, 'password'), 'open sesame\n')
    const { server, url } = await serve('--port', '0', '--root-password-file', 'password')
    await waypost(['put', 'a', '1', '--endpoints', url, '--user', 'root:open sesame'])
    const admin = new EtcdClient({ endpoints: url, auth: { username: 'root', password: 'open sesame' } })
    await admin.auth.disable()
    await admin.close()
    await server.stop()
    const args = ['serve', '--port', '0', '--host', '0.0.0.0', '--root-password-file', 'password']
    expect(await waypost(args, { cwd: directory })).toMatchObject({ code: 2, stdout: '' })
  })

  test('the password for root is asked for, and never printed', async () => {
    const [port = 0] = await freePorts(1)
    await writeFile(join(directory, 'password'), 'open sesame\n')
    const { server, url } = await serve('--port', String(port), '--memory', '--root-password-file', 'password')
    await using _ = server
    expect(server.stdout + server.stderr).not.toContain('sesame')
    const put = ['put', 'a', '1', '--endpoints', url]
    const [without, wrong, ...right] = await Promise.all([
      waypost(put),
      waypost([...put, '--user', 'root:wrong']),
      waypost(put, { env: { ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: 'open sesame' } }),
      waypost(put, { env: { ETCDCTL_USER: 'root:open sesame' } }),
      waypost(put, {
        env: { WAYPOST_USER: 'root', WAYPOST_PASSWORD: 'open sesame', ETCDCTL_PASSWORD: 'other' },
      }),
    ])
    for (const refused of [without, wrong]) expect(refused).toMatchObject({ code: 6, stdout: '' })
    expect(wrong.stderr).not.toMatch(/:wrong|sesame/)
    for (const done of right) expect(done).toMatchObject({ code: 0, stdout: 'OK\n' })
  })
})

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

/** The common name in the certificate that a server shows. */
function servedName(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(url)
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}
