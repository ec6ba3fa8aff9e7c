import { readFileSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Auth, AuthUserAddRequest, AuthUserGrantRoleRequest, KV, PutRequest, RangeRequest } from '@waypost/protocol'
import { RpcConnection, RpcError } from '@waypost/rpc'
import { makeTempDir, removeTempDir, requireOrSkip, runEtcdctl } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EmbeddedServer } from '../server.ts'
import type { TlsFiles } from './tls-files.ts'

const fixtures = new URL('../../../testkit/fixtures/tls/', import.meta.url).pathname
const file = (name: string): string => join(fixtures, `${name}.pem`)
const pem = (name: string): Buffer => readFileSync(file(name))
const serverFiles = { certFile: file('server.cert'), keyFile: file('server.key') }
const mutualFiles = { ...serverFiles, trustedCaFile: file('ca.cert'), clientCertAuth: true }

let directory: string
let server: EmbeddedServer | undefined

beforeEach(() => {
  directory = makeTempDir('tls')
})

afterEach(async () => {
  await server?.close()
  server = undefined
  await removeTempDir(directory)
})

async function start(tls: TlsFiles, rootPassword?: string): Promise<EmbeddedServer> {
  server = await EmbeddedServer.start({ memory: true, port: 0, tls, rootPassword, bcryptCost: 4 })
  return server
}

function dial(url: string, client?: string): RpcConnection {
  const shown = client === undefined ? {} : { cert: pem(`${client}.cert`), key: pem(`${client}.key`) }
  return new RpcConnection(url, { tls: { ca: pem('ca.cert'), ...shown } })
}

async function putOver(connection: RpcConnection): Promise<string> {
  try {
    await connection.unary(KV.put, PutRequest.create({ key: Buffer.from('a') }), { timeoutMs: 10_000 })
    return 'OK'
  } catch (error) {
    return RpcError.is(error) ? `${error.codeName}: ${error.message}` : String(error)
  } finally {
    await connection.close()
  }
}

function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: pem('ca.cert') }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

function post(url: string, client?: string): Promise<[number | undefined, string]> {
  const shown = client === undefined ? {} : { cert: pem(`${client}.cert`), key: pem(`${client}.key`) }
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent: false, ca: pem('ca.cert'), ...shown }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve([response.statusCode, body]))
    })
    call.on('error', reject)
    call.end(JSON.stringify({ key: 'YQ==' }))
  })
}

describe('TLS', () => {
  it('serves gRPC and HTTP, and its URL says so', async () => {
    const { url } = await start(serverFiles)
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await putOver(dial(url))).toBe('OK')
    expect(await post(`${url}/v3/kv/range`)).toEqual([200, expect.stringContaining('"count":"1"')])
  })

  it.skipIf(!requireOrSkip('etcdctl over TLS', 'etcdctl'))('serves etcdctl --cacert', async () => {
    const { url } = await start(mutualFiles)
    const flags = ['--cacert', file('ca.cert'), '--cert', file('client.cert'), '--key', file('client.key')]
    expect(await runEtcdctl(url, [...flags, 'put', 'a', '1'])).toMatchObject({ code: 0, stdout: 'OK\n' })
    expect(await runEtcdctl(url, [...flags, 'endpoint', 'health'])).toMatchObject({ code: 0 })
  })

  it('lets in only who shows a certificate of a trusted authority', async () => {
    const { url } = await start(mutualFiles)
    expect(await putOver(dial(url, 'client'))).toBe('OK')
    expect(await putOver(dial(url))).toMatch(/^UNAVAILABLE/)
    expect(await putOver(dial(url, 'stranger'))).toMatch(/^UNAVAILABLE/)
    expect(await post(`${url}/v3/kv/range`, 'client')).toEqual([200, expect.any(String)])
    await expect(post(`${url}/v3/kv/range`)).rejects.toThrow()
  })

  it('asks for certificates as soon as there is somebody to trust', async () => {
    const { url } = await start({ ...serverFiles, trustedCaFile: file('ca.cert') })
    expect(await putOver(dial(url, 'client'))).toBe('OK')
    expect(await putOver(dial(url))).toMatch(/^UNAVAILABLE/)
  })

  it('takes the common name of the certificate for the user, over gRPC alone', async () => {
    const { url } = await start(mutualFiles, 'secret')
    expect(await putOver(dial(url, 'client'))).toBe('PERMISSION_DENIED: etcdserver: permission denied')
    const root = dial(url, 'client')
    const { token } = await root.unary(Auth.authenticate, { name: 'root', password: 'secret' })
    const metadata = { token }
    await root.unary(Auth.userAdd, AuthUserAddRequest.create({ name: 'ann', options: { noPassword: true } }), {
      metadata,
    })
    await root.unary(Auth.userGrantRole, AuthUserGrantRoleRequest.create({ user: 'ann', role: 'root' }), { metadata })
    await root.close()
    expect(await putOver(dial(url, 'client'))).toBe('OK')
    expect(await post(`${url}/v3/kv/range`, 'client')).toEqual([400, expect.stringContaining('user name is empty')])
  })

  it('shows new certificates to new connections, and old ones when the new ones cannot be used', async () => {
    const files = { certFile: join(directory, 'cert'), keyFile: join(directory, 'key') }
    const place = async (cert: string, key: string): Promise<void> => {
      await copyFile(file(cert), files.certFile)
      await copyFile(file(key), files.keyFile)
    }
    await place('server.cert', 'server.key')
    const { url, port } = await start(files)
    const early = dial(url)
    await early.connect()
    expect(await shownName(port)).toBe('first server')
    await place('server-2.cert', 'server.key')
    await expect(server?.reloadCertificates()).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(await shownName(port)).toBe('first server')
    await writeFile(files.certFile, 'nothing')
    await expect(server?.reloadCertificates()).rejects.toThrow(files.certFile)
    expect(await shownName(port)).toBe('first server')
    await place('server-2.cert', 'server-2.key')
    await server?.reloadCertificates()
    expect(await shownName(port)).toBe('second server')
    await early.unary(KV.range, RangeRequest.create({ key: Buffer.from('a') }))
    await early.close()
  })

  it.each([
    ['a file that is not there', { ...serverFiles, certFile: '/nowhere/cert' }, '/nowhere/cert'],
    ['a key of another certificate', { ...serverFiles, keyFile: file('client.key') }, file('client.key')],
    ['authorities without a certificate', { ...mutualFiles, trustedCaFile: file('client.key') }, file('client.key')],
    ['nobody to trust', { ...serverFiles, clientCertAuth: true }, 'authorities'],
  ])('does not start with %s', async (_mistake, tls, mentioned) => {
    const failure = await start(tls).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(mentioned) })
  })
})
