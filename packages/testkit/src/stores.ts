import { get } from 'node:http'
import type { ContractStore } from './contract/contract-store.ts'
import { followerOf } from './contract/leader.ts'
import { requireOrSkip } from './etcd/require-or-skip.ts'
import { startEtcd, startEtcdCluster } from './etcd/start-etcd.ts'
import { Wire } from './wire/wire.ts'

export type FlavourName = 'embedded-memory' | 'embedded-durable' | 'etcd-1' | 'etcd-3'

/** One kind of store that the same tests run against. */
export interface StoreFlavour {
  readonly name: FlavourName
  /** Whether it can run here; if not, `tests` are named as skipped (see `requireOrSkip`). */
  canRun(tests: string): boolean
  start(): Promise<ContractStore>
}

/** Every kind of store that Waypost promises to work on alike. */
export function stores(): readonly StoreFlavour[] {
  return [etcdOne, etcdThree]
}

/** Passwords need not be safe here, but many are checked. */
const quick = { args: ['--bcrypt-cost', '4'] }

const etcdOne: StoreFlavour = {
  name: 'etcd-1',
  canRun: (tests) => requireOrSkip(`${tests} on one etcd`, 'etcd'),
  start: async () => {
    const etcd = await startEtcd(quick)
    return describeStore(
      'etcd-1',
      etcd.url,
      () => etcd.close(),
      etcdOne,
      () => etcd.restart(),
    )
  },
}

const etcdThree: StoreFlavour = {
  name: 'etcd-3',
  canRun: (tests) => requireOrSkip(`${tests} on three etcd members`, 'etcd'),
  start: async () => {
    const cluster = await startEtcdCluster(3, quick)
    return describeStore('etcd-3', await followerOf(cluster.endpoints), () => cluster.close(), etcdThree, undefined)
  },
}

async function describeStore(
  flavour: FlavourName,
  url: string,
  end: () => Promise<void>,
  kind: StoreFlavour,
  restart: (() => Promise<void>) | undefined,
): Promise<ContractStore> {
  const version = await etcdVersion(url)
  let wire = new Wire(url)
  return {
    flavour,
    url,
    get wire() {
      return wire
    },
    isEtcd34: kind === etcdOne || kind === etcdThree ? version.startsWith('3.4.') : false,
    isCluster: kind === etcdThree,
    startFresh: () => kind.start(),
    restart:
      restart &&
      (async () => {
        await wire.close()
        await restart()
        wire = new Wire(url)
      }),
    close: async () => {
      await wire.close()
      await end()
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
