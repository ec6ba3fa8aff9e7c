import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { makeTempDir, Program, removeTempDir, run, startStore } from '@waypost/testkit'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installSize } from '../../../scripts/install-size.js'
import { packedPackages } from '../../../scripts/packed.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')

const tlsFixtures = fileURLToPath(new URL('../fixtures/tls/', import.meta.url))

interface Packed {
  readonly name: string
  readonly directory: string
  readonly tarball: Buffer
  readonly entryPoints: readonly string[]
}

/** Every package that is published, from its manifest, so that a new one cannot be forgotten. */
const manifests = readdirSync(join(root, 'packages'))
  .map((name) => ({ home: join(root, 'packages', name), ...readManifest(join(root, 'packages', name)) }))
  .filter((manifest) => !manifest.private)

let workshop: string
let consumer: string
let packed: Packed[]

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private: boolean
  readonly exports: Record<string, unknown>
}

function readManifest(directory: string): Manifest {
  const { private: isPrivate = false, ...manifest } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  return { ...manifest, private: isPrivate }
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    timeoutMs: 60_000,
  })
  expect(`${code}\n${code === 0 ? '' : stdout + stderr}`).toBe('0\n')
  return stdout
}

/** A project with the packages installed as they would come from a registry, and what they depend on. */
beforeAll(async () => {
  workshop = makeTempDir('packaging')
  consumer = join(workshop, 'consumer')
  const modules = join(consumer, 'node_modules')
  const { tarballs } = await packedPackages()
  packed = []
  expect([...tarballs.keys()]).toEqual(manifests.map(({ name }) => name))
  for (const { name, home, exports } of manifests) {
    const file = tarballs.get(name) ?? ''
    const directory = join(modules, name)
    mkdirSync(directory, { recursive: true })
    await succeed('tar', ['-xzf', file, '--strip-components=1', '-C', directory], workshop)
    const entryPoints = Object.keys(exports).map((path) => name + path.slice(1))
    packed.push({ name, directory, tarball: readFileSync(file), entryPoints })
    // Versions that only this package uses.
    const own = join(home, 'node_modules')
    if (existsSync(own)) linkOthers(own, join(directory, 'node_modules'))
  }
  linkOthers(join(root, 'node_modules'), modules)
})
afterAll(async () => {
  if (workshop !== undefined) await removeTempDir(workshop)
})

function slashed(path: string): string {
  return path.replaceAll('\\', '/')
}

/** Third parties, by links to where they are installed. */
function linkOthers(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from)) {
    if (entry.startsWith('.') || entry === '@waypost' || entry === 'waypost') continue
    if (entry.startsWith('@')) linkOthers(join(from, entry), join(to, entry))
    else symlinkSync(join(from, entry), join(to, entry), 'dir')
  }
}

describe('the packages as they are published', () => {
  it('have nothing that publint complains of', async () => {
    const complaints: string[] = []
    for (const { name, tarball } of packed) {
      const { buffer, byteOffset, byteLength } = Uint8Array.from(tarball)
      const { messages, pkg } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) } })
      for (const message of messages) complaints.push(`${name}: ${formatMessage(message, pkg, { color: false })}`)
    }
    expect(complaints).toEqual([])
  })

  it.skipIf(!process.env.WAYPOST_LONG)('have nothing that arethetypeswrong complains of', async () => {
    const complaints: string[] = []
    for (const { name, tarball } of packed) {
      const result = await checkPackage(createPackageFromTarballData(tarball))
      if (!result.types) complaints.push(`${name} has no types`)
      else {
        for (const problem of result.problems) {
          // ES modules only: resolvers that know no exports are out of support, and CommonJS gets them by require().
          const kind = 'resolutionKind' in problem ? problem.resolutionKind : undefined
          if (kind === 'node10' || (kind === 'node16-cjs' && problem.kind === 'CJSResolvesToESM')) continue
          complaints.push(`${name}: ${JSON.stringify(problem)}`)
        }
      }
    }
    expect(complaints).toEqual([])
  })

  it('carry a readme, the licence and their sources, and no tests', async () => {
    for (const { directory } of packed) {
      const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
        (file) => !file.startsWith('node_modules'),
      )
      expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'src/index.ts']))
      expect(files.filter((file) => /\.test(-support)?\.[jt]s$|tsbuildinfo/.test(file))).toEqual([])
      expect(readFileSync(join(directory, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
    }
  })

  // The other one in the long form; newcomer.test.ts compiles with it, too.
  it.each([['NodeNext', 'NodeNext'], ...(process.env.WAYPOST_LONG ? [['ESNext', 'bundler']] : [])])(
    'give their types to programs with module %s and resolution %s, examples of the readmes among them',
    async (module, moduleResolution) => {
      const directory = join(consumer, `types-${moduleResolution}`)
      mkdirSync(directory)
      writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
      const entryPoints = packed.flatMap((one) => one.entryPoints)
      writeFileSync(
        join(directory, 'entryPoints.ts'),
        entryPoints.map((entryPoint, index) => `export * as e${index} from '${entryPoint}'`).join('\n'),
      )
      for (const { name, directory: home } of packed) {
        const example = /```ts(?: static)?\n(.*?)```/s.exec(readFileSync(join(home, 'README.md'), 'utf8'))?.[1]
        expect(example, `the readme of ${name} has an example`).toBeDefined()
        writeFileSync(join(directory, `${basename(name)}.ts`), `${example}\nexport {}\n`)
      }
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'ES2023',
        lib: ['ES2023', 'ESNext.Disposable'],
        types: ['node'],
        strict: true,
        isolatedModules: true,
        verbatimModuleSyntax: true,
        noEmit: true,
        skipLibCheck: false,
      }
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
      await succeed(process.execPath, [tsc, '-p', directory], directory)
    },
  )

  it('show no internal members in their types, nor the types that only those use', () => {
    const problems: string[] = []
    const reached = new Set<string>()
    for (const { name, directory } of packed) {
      const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      const waiting = Object.values<{ readonly types: string }>(exports).map(({ types }) => join(directory, types))
      for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
        if (reached.has(file)) continue
        reached.add(file)
        const text = readFileSync(file, 'utf8')
        if (text.includes('@internal')) problems.push(`${name}: ${relative(directory, file)}`)
        for (const [, path = ''] of text.matchAll(/from '(\.[^']+)\.ts'/g))
          waiting.push(join(dirname(file), `${path}.d.ts`))
        for (const [, path = ''] of text.matchAll(/import\("(\.[^"]+)\.ts"\)/g)) {
          waiting.push(join(dirname(file), `${path}.d.ts`))
        }
      }
    }
    expect(problems).toEqual([])
    const client = [...reached].map(slashed).filter((file) => file.includes('/@waypost/client/dist/link/'))
    // How the client reaches the store is its own affair.
    expect(client.map((file) => basename(file)).sort()).toEqual(['status.d.ts', 'tls-material.d.ts'])
  })

  it('bring along what an application needs, and nothing else: at most 12 MB for one that registers and loads', () => {
    const brought = (name: string) => installSize(join(consumer, 'node_modules'), name)
    const { bytes, packages } = brought('waypost')
    expect(bytes / 1e6, packages.map((each) => `${each.name} ${each.bytes}`).join('\n')).toBeLessThanOrEqual(12)
    const namesOf = (name: string) => brought(name).packages.map((each) => each.name)
    const others = /^@nestjs|^rxjs$|lmdb|^@waypost\/(server|cli|nestjs)$|^fastify$|^express$|^liquidjs$/
    for (const name of [
      'waypost',
      '@waypost/client',
      '@waypost/registry',
      '@waypost/config',
      '@waypost/coordination',
    ]) {
      expect([name, namesOf(name).filter((each) => others.test(each))]).toEqual([name, []])
    }
    expect(namesOf('@waypost/nestjs').filter((each) => /lmdb|@waypost\/(server|cli)$|^liquidjs$/.test(each))).toEqual(
      [],
    )
    expect(namesOf('@waypost/cli')).toEqual(expect.arrayContaining(['lmdb', 'liquidjs', '@waypost/server']))
  })

  it('are loaded by import and by require()', async () => {
    const entryPoints = packed.flatMap((one) => one.entryPoints)
    const required = entryPoints.map((entryPoint) => `require(${JSON.stringify(entryPoint)})`).join(';')
    writeFileSync(join(consumer, 'required.cjs'), `${required};console.log(typeof require('waypost').connect)`)
    expect(await succeed(process.execPath, [join(consumer, 'required.cjs')], consumer)).toBe('function\n')
    const imported = entryPoints.map((entryPoint) => `await import(${JSON.stringify(entryPoint)})`).join(';')
    writeFileSync(join(consumer, 'imported.mjs'), `${imported};console.log(typeof (await import('waypost')).connect)`)
    expect(await succeed(process.execPath, [join(consumer, 'imported.mjs')], consumer)).toBe('function\n')
  })

  it('are made of few files, none of which speaks of sources', () => {
    for (const { directory } of packed) {
      const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      expect(JSON.stringify(exports)).not.toContain('@waypost/source')
    }
    const files = readdirSync(join(consumer, 'node_modules/@waypost/client/dist'), {
      recursive: true,
      encoding: 'utf8',
    })
    expect(files.filter((file) => file.endsWith('.js')).length).toBeLessThan(10)
  })

  it('serve and are used from the command line, with TLS, passwords and a lease that a worker keeps', async () => {
    const cli = join(consumer, 'node_modules/@waypost/cli/bin/waypost.js')
    const ca = join(tlsFixtures, 'ca.cert.pem')
    writeFileSync(join(consumer, 'password'), 'secret')
    await using server = await Program.start(
      process.execPath,
      [
        ...[cli, 'serve', '--port', '0', '--data-dir', 'data', '--root-password-file', 'password'],
        ...['--cert-file', join(tlsFixtures, 'server.cert.pem'), '--key-file', join(tlsFixtures, 'server.key.pem')],
      ],
      { cwd: consumer },
    )
    const [, url = ''] = /on (https:\S+:\d+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
    const waypost = (...words: string[]): Promise<string> =>
      succeed(process.execPath, [cli, '--endpoints', url, '--cacert', ca, '--user', 'root:secret', ...words], consumer)
    expect(await waypost('put', 'packed', 'yes')).toBe('OK\n')
    expect(await waypost('get', 'packed')).toBe('packed\nyes\n')
    writeFileSync(
      join(consumer, 'keep.mjs'),
      `import { readFileSync } from 'node:fs'
       import { EtcdClient } from '@waypost/client'
       const [endpoints, ca] = process.argv.slice(2)
       const auth = { username: 'root', password: 'secret' }
       const client = new EtcdClient({ endpoints, auth, tls: { ca: readFileSync(ca) } })
       const lease = await client.leases.grant({ ttlSeconds: 9, keepAlive: 'worker' })
       const before = lease.remainingMs
       // Without a turn of this thread's loop only the worker can renew it.
       const idle = new Int32Array(new SharedArrayBuffer(4))
       while (lease.remainingMs <= before && lease.remainingMs > 0) Atomics.wait(idle, 0, 0, 20)
       console.log(lease.remainingMs > 0 ? 'renewed' : 'lost')
       await client.close()`,
    )
    expect(await succeed(process.execPath, ['keep.mjs', url, ca], consumer)).toBe('renewed\n')
    expect(await succeed(process.execPath, [cli, '--version'], consumer)).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('can be bundled into one file, with the worker that keeps leases alive as another', async () => {
    writeFileSync(
      join(consumer, 'program.mjs'),
      `import { EtcdClient } from '@waypost/client'
       const client = new EtcdClient({
         endpoints: process.argv[2],
         leaseWorkerFile: new URL('./lease-worker.mjs', import.meta.url),
       })
       const lease = await client.leases.grant({ ttlSeconds: 9, keepAlive: 'worker' })
       await client.kv.put('/bundled', 'yes', { lease: lease.id })
       console.log((await client.kv.get('/bundled')).text())
       const before = lease.remainingMs
       while (lease.remainingMs <= before) await new Promise((resolve) => setTimeout(resolve, 20))
       console.log('renewed')
       await client.close()`,
    )
    const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'silent' } as const
    const outdir = join(workshop, 'bundle')
    await build({ ...common, entryPoints: [join(consumer, 'program.mjs')], outfile: join(outdir, 'program.mjs') })
    await build({
      ...common,
      stdin: { contents: "import '@waypost/client/lease-worker'", resolveDir: consumer },
      outfile: join(outdir, 'lease-worker.mjs'),
    })
    await using store = await startStore()
    const output = await succeed(process.execPath, [join(outdir, 'program.mjs'), store.url], dirname(outdir))
    expect(output).toBe('yes\nrenewed\n')
  })
})
