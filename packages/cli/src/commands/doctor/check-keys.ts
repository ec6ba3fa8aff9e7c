import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { type Finding, ok, warning } from './findings.ts'

const config = '/config/'
const heads = '/waypost/config/heads/'
const canaries = '/waypost/config/canaries/'
const overrides = '/waypost/services/overrides/'
const services = '/services/'
const shownKeys = 3

/** What may be read and written, and records about what is not there any more. */
export async function checkKeys(etcd: EtcdClient): Promise<readonly Finding[]> {
  return [await login(etcd), ...(await orphans(etcd))]
}

async function login(etcd: EtcdClient): Promise<Finding> {
  const isOpenToAll = etcd.endpoints.every((endpoint) => /\/\/(127\.|localhost|\[::1\])/.test(endpoint))
  try {
    const { enabled } = await etcd.auth.status()
    if (enabled) return ok('login', 'needed')
    return isOpenToAll
      ? ok('login', 'not required; the endpoints are on this machine')
      : warning(
          'login',
          'not required: anybody who can reach the store may do everything',
          'Add users, then run waypost auth enable.',
        )
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return ok('login', 'needed')
    if (WaypostError.is(error, 'unimplemented')) return ok('login', 'unknown: etcd before 3.5 does not tell')
    throw error
  }
}

async function orphans(etcd: EtcdClient): Promise<readonly Finding[]> {
  const found = await Promise.all([
    keysBelow(etcd, config),
    keysBelow(etcd, heads),
    keysBelow(etcd, canaries),
    keysBelow(etcd, overrides),
    keysBelow(etcd, services),
  ])
  const [documents, releases, canaryDocuments, overridden, instances] = found
  if (!documents || !releases || !canaryDocuments || !overridden || !instances) {
    return [
      warning(
        'permissions',
        'this user may not read all keys',
        'Run waypost doctor as an operator, or see waypost access why.',
      ),
    ]
  }
  const isDocument = new Set(documents)
  const isInstance = new Set(instances)
  const byHand = documents.filter((path) => !new Set(releases).has(path))
  return [
    ok('permissions', 'all keys can be read'),
    listed(
      'releases',
      byHand,
      'documents were never released',
      'They were written by hand; waypost config publish makes a release of them.',
      'all documents have releases',
    ),
    listed(
      'canaries',
      canaryDocuments.filter((path) => !isDocument.has(path)),
      'canaries are of documents that do not exist',
      'End them: waypost config canary abort <path> <name>.',
      'all are of documents that exist',
    ),
    listed(
      'overrides',
      overridden.filter((id) => !isInstance.has(id)),
      'overrides are of instances that are not registered',
      'Remove those of instances that will not return: waypost services enable <service> <id> --even-if-absent.',
      'all are of registered instances',
    ),
  ]
}

function listed(check: string, keys: readonly string[], what: string, cure: string, fine: string): Finding {
  if (keys.length === 0) return ok(check, fine)
  const more = keys.length > shownKeys ? ' …' : ''
  return warning(check, `${keys.length} ${what}: ${keys.slice(0, shownKeys).join(', ')}${more}`, cure)
}

/** Without the prefix; `undefined` when they may not be read. */
async function keysBelow(etcd: EtcdClient, prefix: string): Promise<readonly string[] | undefined> {
  const keys: string[] = []
  try {
    for await (const { key } of etcd.kv.list({ prefix }, { keysOnly: true })) keys.push(key.slice(prefix.length))
    return keys
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return undefined
    throw error
  }
}
