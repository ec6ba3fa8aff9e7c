import { get } from 'node:http'
import type { ContractStore } from './contract/contract-store.ts'
import { followerOf } from './contract/leader.ts'
import { findEtcd34 } from './etcd/find-etcd.ts'
import { requireOrSkip } from './etcd/require-or-skip.ts'
import { startEtcd, startEtcdCluster } from './etcd/start-etcd.ts'
import { makeTempDir, removeTempDir } from './process/temp-dir.ts'
import { startStore } from './start-store.ts'
import { Wire } from './wire/wire.ts'

export type FlavourName = 'embedded-memory' | 'embedded-durable' | 'etcd-1' | 'etcd-3' | 'etcd-3.4'

/** One kind of store that the same tests run against. */
export interface StoreFlavour {
  readonly name: FlavourName
  /** Whether it can run here; if not, `tests` are named as skipped (see `requireOrSkip`). */
  canRun(tests: string): boolean
  start(): Promise<ContractStore>
}

/** Every kind of store that Waypost promises to work on alike. The contract runs on `etcd34` as well. */
export function stores(): readonly StoreFlavour[] {
  return [embeddedMemory, embeddedDurable, etcdOne, etcdThree]
}

/** A store that runs, before it is dressed for the suites. */
interface Running {
  readonly url: string
  restart?(): Promise<void>
  close(): Promise<void>
}

const embeddedMemory: StoreFlavour = {
  name: 'embedded-memory',
  canRun: () => true,
  start: async () => {
    const server = await startStore()
    return contractStore(embeddedMemory, { url: server.url, close: () => server.close() })
  },
}

const embeddedDurable: StoreFlavour = {
  name: 'embedded-durable',
  canRun: () => true,
  start: async () => {
    const dataDir = makeTempDir('embedded')
    let server = await startStore({ dataDir })
    return contractStore(embeddedDurable, {
      url: server.url,
      restart: async () => {
        await server.close()
        server = await startStore({ dataDir, port: server.port })
      },
      close: async () => {
        await server.close()
        await removeTempDir(dataDir)
      },
    })
  },
}

/** Passwords need not be safe here, but many are checked. */
const quick = { args: ['--bcrypt-cost', '4'] }

const etcdOne: StoreFlavour = {
  name: 'etcd-1',
  canRun: (tests) => requireOrSkip(`${tests} on one etcd`, 'etcd'),
  start: async () => contractStore(etcdOne, await startEtcd(quick)),
}

/** One member of the oldest version in use. */
export const etcd34: StoreFlavour = {
  name: 'etcd-3.4',
  canRun: (tests) => requireOrSkip(`${tests} on etcd 3.4`, 'etcd34'),
  start: async () => contractStore(etcd34, await startEtcd({ ...quick, binary: findEtcd34().path })),
}

const etcdThree: StoreFlavour = {
  name: 'etcd-3',
  canRun: (tests) => requireOrSkip(`${tests} on three etcd members`, 'etcd'),
  start: async () => {
    const cluster = await startEtcdCluster(3, quick)
    return contractStore(etcdThree, { url: await followerOf(cluster.endpoints), close: () => cluster.close() })
  },
}

async function contractStore(flavour: StoreFlavour, running: Running): Promise<ContractStore> {
  const { url } = running
  const isEtcd = flavour.name.startsWith('etcd-')
  let wire = new Wire(url)
  return {
    flavour: flavour.name,
    url,
    get wire() {
      return wire
    },
    isEtcd34: isEtcd && (await etcdVersion(url)).startsWith('3.4.'),
    isCluster: flavour === etcdThree,
    startFresh: () => flavour.start(),
    restart:
      running.restart &&
      (async () => {
        await wire.close()
        await running.restart?.()
        wire = new Wire(url)
      }),
    close: async () => {
      await wire.close()
      await running.close()
    },
  }
}

function etcdVersion(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${url}/version`, { agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const answer: unknown = JSON.parse(body)
        const version = typeof answer === 'object' && answer && 'etcdserver' in answer ? answer.etcdserver : undefined
        resolve(typeof version === 'string' ? version : '')
      })
    }).on('error', reject)
  })
}
