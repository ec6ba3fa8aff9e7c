import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findEtcd34,
  freePorts,
  makeTempDir,
  Program,
  recordSkip,
  removeTempDir,
  requireOrSkip,
  run,
  until,
} from '@waypost/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { packedPackages } from '../../../scripts/packed.js'

const example = fileURLToPath(new URL('../../../examples/05-production/', import.meta.url))
const { bin } = await packedPackages()
const read = (name: string): string => readFileSync(join(example, name), 'utf8')

interface ComposeService {
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly environment: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

interface NamedObject {
  readonly metadata: { readonly name: string }
}

const compose: Compose = parse(read('compose.yaml'), { merge: true })
const members = ['etcd-1', 'etcd-2', 'etcd-3']
const passwords = { ROOT_PASSWORD: 'root-secret', USER_PASSWORD: 'user-secret', ORDER_PASSWORD: 'order-secret' }

test.skipIf(!requireOrSkip('the example of production', 'etcd34'))(
  'the members of the compose file come up with TLS, take users in, and serve the services, which leave one by one',
  async () => {
    const directory = makeTempDir('production')
    onTestFinished(() => removeTempDir(directory))
    const certificates = join(directory, 'certificates')
    const made = await run('sh', [join(example, 'certificates.sh'), certificates], { env: process.env })
    expect(made.code, made.stderr).toBe(0)

    const endpoints = await startMembers(directory, certificates)
    const env = { PATH: process.env.PATH, WAYPOST_ENDPOINTS: endpoints, WAYPOST_CACERT: join(certificates, 'ca.crt') }
    const path = commandDirectory(directory)
    const prepare = () =>
      run('sh', [join(example, 'prepare.sh')], {
        env: { ...env, ...passwords, PATH: `${path}:${env.PATH}` },
        timeoutMs: 120_000,
      })
    for (let round = 0; round < (process.env.WAYPOST_LONG ? 2 : 1); round++) {
      const prepared = await prepare()
      expect(prepared.code, prepared.stderr).toBe(0)
    }
    await checkHealth(endpoints, certificates)
    const stranger = await run(process.execPath, [bin, 'get', '/config/x'], { env })
    expect(stranger.code, stranger.stderr).toBe(6)

    const users = await Promise.all([startService('user', env), startService('user', env)])
    const order = await startService('order', env)
    const called = async () => (await answerOf(order.url)).user?.id
    const ids = new Set(await Promise.all(Array.from({ length: 30 }, called)))
    expect(ids.size).toBe(2)

    const root = { ...env, WAYPOST_USER: 'root', WAYPOST_PASSWORD: passwords.ROOT_PASSWORD }
    const publish = await run(
      process.execPath,
      [bin, 'config', 'set', 'order/application.yaml', 'greeting: good day'],
      {
        env: root,
      },
    )
    expect(publish.code, publish.stderr).toBe(0)
    await until('a change of the greeting', async () => (await answerOf(order.url)).greeting === 'good day')

    const [first] = users
    const exit = await first?.program.stop()
    expect(exit?.signal).toBe('SIGTERM')
    for (let call = 0; call < 5; call++) expect(ids).toContain(await called())

    const backup = join(directory, 'backup.db')
    const [member = ''] = endpoints.split(',')
    const saved = await run(process.execPath, [bin, 'snapshot', 'save', backup], {
      env: { ...root, WAYPOST_ENDPOINTS: member },
    })
    expect(saved.code, saved.stderr).toBe(0)
  },
  240_000,
)

describe('the compose file', () => {
  test('names only services, volumes and variables that there are', () => {
    for (const [name, { depends_on = {}, volumes = [] }] of Object.entries(compose.services)) {
      for (const other of Object.keys(depends_on)) expect(Object.keys(compose.services), name).toContain(other)
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('.'))
      expect(Object.keys(compose.volumes), name).toEqual(expect.arrayContaining(named))
    }
    const variables = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
    const given = [...read('.env.example').matchAll(/^(\w+)=$/gm)].map(([, name]) => name)
    expect(new Set(variables)).toEqual(new Set(given))
  })

  test('is one for docker compose', async () => {
    const probe = await run('docker', ['compose', 'version'], { env: process.env }).catch(() => undefined)
    if (probe?.code !== 0) return recordSkip('the compose file by docker compose', 'docker compose is not installed')
    const config = await run('docker', ['compose', '-f', join(example, 'compose.yaml'), 'config', '--quiet'], {
      env: { ...process.env, ...passwords },
    })
    expect(config.code, config.stderr).toBe(0)
  })
})

test('the units of systemd are ones', async () => {
  const probe = await run('systemd-analyze', ['--version'], { env: process.env }).catch(() => undefined)
  if (probe?.code !== 0) return recordSkip('the units of systemd', 'systemd-analyze is not installed')
  const directory = makeTempDir('units')
  onTestFinished(() => removeTempDir(directory))
  const files = readdirSync(join(example, 'systemd')).map((name) => {
    const file = join(directory, name)
    // It insists that the programs are there, which they need not be here.
    writeFileSync(file, read(`systemd/${name}`).replaceAll(/\/usr(\/local)?\/bin\/\w+/g, '/bin/true'))
    return file
  })
  const verify = await run('systemd-analyze', ['verify', '--man=no', ...files], { env: process.env })
  expect(verify.stderr.split('\n').filter((line) => line.includes(directory))).toEqual([])
  expect(verify.code, verify.stderr).toBe(0)
})

test('the manifest for Kubernetes uses what it defines, and the settings of the compose file', () => {
  const objects = parseAllDocuments(read('kubernetes.yaml')).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
  const kinds = objects.map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['StatefulSet', 'PodDisruptionBudget', 'CronJob', 'Deployment', 'Job']))
  for (const { kind, apiVersion, metadata, spec } of objects) {
    expect({ kind, apiVersion, metadata }).toMatchObject({
      metadata: { namespace: 'waypost', name: expect.any(String) },
    })
    const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec
    if (!pod) continue
    const volumes = [
      ...(pod.volumes ?? []),
      ...(spec.volumeClaimTemplates ?? []).map((claim: NamedObject) => claim.metadata),
    ]
    const names = volumes.map(({ name }) => name)
    for (const container of pod.containers) {
      for (const mount of container.volumeMounts) expect(names, metadata.name).toContain(mount.name)
    }
    if (spec.selector) expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
  }
  const etcd = objects.find(({ kind }) => kind === 'StatefulSet').spec.template.spec.containers[0]
  const variables = etcd.env.map(({ name }: { name: string }) => name)
  // ETCDCTL_… is for the health check of the compose file; Kubernetes has a probe instead.
  const settings = Object.keys(compose.services['etcd-1']?.environment ?? {}).filter((name) => name.startsWith('ETCD_'))
  expect(variables.toSorted()).toEqual(settings.toSorted())
})

/** The members as the compose file has them, on ports of this machine: of an etcd that, like its image, shows its status to everybody. */
async function startMembers(directory: string, certificates: string): Promise<string> {
  const { path = 'etcd' } = findEtcd34()
  const ports = await freePorts(members.length * 3)
  const local = (text: string, own: number): string =>
    members
      .reduce(
        (changed, name, index) =>
          changed
            .replaceAll(`${name}:2379`, `127.0.0.1:${ports[index * 3]}`)
            .replaceAll(`${name}:2380`, `127.0.0.1:${ports[index * 3 + 1]}`),
        text,
      )
      .replaceAll(
        /0\.0\.0\.0:23(79|80|81)/g,
        (_, port) => `127.0.0.1:${ports[own * 3 + ['79', '80', '81'].indexOf(port)]}`,
      )
      .replaceAll('/certificates', certificates)
  const programs = await Promise.all(
    members.map((name, index) => {
      const settings = Object.entries(compose.services[name]?.environment ?? {})
      const env = Object.fromEntries(settings.map(([key, value]) => [key, local(value, index)]))
      return Program.start(
        path,
        ['--logger', 'zap', '--log-level', 'error', '--log-outputs', 'stderr', '--bcrypt-cost', '4'],
        {
          env: {
            ...env,
            PATH: process.env.PATH,
            ETCD_DATA_DIR: join(directory, name),
            ETCD_UNSUPPORTED_ARCH: process.arch,
          },
        },
      )
    }),
  )
  onTestFinished(async () => {
    await Promise.all(programs.map((program) => program.kill()))
  })
  return members.map((_, index) => `https://127.0.0.1:${ports[index * 3]}`).join(',')
}

/** By the command of the compose file, with the login that it has from there: a member must not look unhealthy. */
async function checkHealth(endpoints: string, certificates: string): Promise<void> {
  if (!requireOrSkip('the health checks of the compose file', 'etcdctl')) return
  for (const [index, name] of members.entries()) {
    const [, command = '', ...args] = compose.services[name]?.healthcheck?.test ?? []
    const local = args.map((argument) =>
      argument
        .replace('https://localhost:2379', endpoints.split(',')[index] ?? '')
        .replace('/certificates', certificates),
    )
    const { ETCDCTL_USER, ETCDCTL_PASSWORD } = compose.services[name]?.environment ?? {}
    expect(ETCDCTL_PASSWORD).toContain('ROOT_PASSWORD')
    const login = { ETCDCTL_USER, ETCDCTL_PASSWORD: passwords.ROOT_PASSWORD }
    const check = await run(command, local, { env: { PATH: process.env.PATH, ETCDCTL_API: '3', ...login } })
    expect(check.code, check.stderr).toBe(0)
  }
}

/** Where `waypost` is found as a command. */
function commandDirectory(directory: string): string {
  const path = join(directory, 'bin')
  mkdirSync(path)
  writeFileSync(join(path, 'waypost'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, { mode: 0o755 })
  return path
}

interface Answer {
  readonly greeting: string
  readonly user?: { readonly id: string }
}

async function answerOf(url: string): Promise<Answer> {
  const response = await fetch(url)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text)
}

async function startService(service: 'user' | 'order', env: NodeJS.ProcessEnv) {
  const program = await Program.start(process.execPath, [join(example, 'service.mjs')], {
    env: {
      ...env,
      SERVICE: service,
      PORT: '0',
      HOST: '127.0.0.1',
      WAYPOST_USER: service,
      WAYPOST_PASSWORD: `${service}-secret`,
    },
  })
  onTestFinished(async () => {
    await program.kill()
  })
  const port = /listens on (\d+)/.exec(await program.waitForOutput(/listens on \d+\n/))?.[1]
  return { program, url: `http://127.0.0.1:${port}/` }
}
