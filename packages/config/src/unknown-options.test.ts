import { EtcdClient } from '@waypost/client'
import { afterAll, expect, it } from 'vitest'
import { ConfigCenter } from './admin/config-center.ts'
import { Config } from './config.ts'

const etcd = new EtcdClient({ endpoints: 'http://127.0.0.1:1', logger: false })
const config = new ConfigCenter(etcd)

afterAll(async () => {
  await config.close()
  await etcd.close()
})

/** As programs without types call it. */
function call(target: object, method: string, ...values: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, values)
}

const { releases, drafts, canaries, policies, schemas, documents, audit } = config

it.each<[what: string, attempt: () => unknown]>([
  ['Config has no option ttl; it has', () => Reflect.construct(Config, [etcd, { ttl: 5 }])],
  ['ConfigCenter has no option retain', () => Reflect.construct(ConfigCenter, [etcd, { retain: {} }])],
  [
    'The option retention of ConfigCenter has no option release;',
    () => Reflect.construct(ConfigCenter, [etcd, { retention: { release: 5 } }]),
  ],
  [
    'config.watch has no option inital; it has initial, signal, timeoutMs. Did you mean initial?',
    () => call(config, 'watch', 'a', { inital: true }),
  ],
  ['config.load has no option profiles', () => call(config, 'load', { app: 'a', profiles: 'b' })],
  [
    'The option overrides of config.load has no option prefixes',
    () => call(config, 'load', { app: 'a', overrides: { prefixes: 'A_' } }),
  ],
  ['config.effective has no option application', () => call(config, 'effective', { app: 'a', application: 'b' })],
  ['config.set has no option expectedReleases', () => call(config, 'set', 'a', 'b', { expectedReleases: 1 })],
  ['config.delete has no option force', () => call(config, 'delete', 'a', { force: true })],
  [
    'releases.publishAll has no option expectedRelease;',
    () => call(releases, 'publishAll', [], { expectedRelease: 1 }),
  ],
  ['releases.rollback has no option to;', () => call(releases, 'rollback', 'a', 1, { to: 1 })],
  ['releases.history has no option limits', () => call(releases, 'history', 'a', { limits: 1 })],
  ['releases.prune has no option keep', () => call(releases, 'prune', 'a', { keep: 1 })],
  ['releases.recordExternalChanges has no option path', () => call(releases, 'recordExternalChanges', { path: 'a' })],
  ['drafts.save has no option by;', () => call(drafts, 'save', 'a', 'b', { author: 'ann', by: 'ann' })],
  ['The option author of drafts.approve must be text, not undefined', () => call(drafts, 'approve', 'a', {})],
  ['drafts.submit has no option reason', () => call(drafts, 'submit', 'a', { author: 'ann', reason: 'x' })],
  ['drafts.publish has no option draft', () => call(drafts, 'publish', 'a', { draft: 1 })],
  [
    'canaries.create has no option percent',
    () => call(canaries, 'create', 'a', { name: 'c', rule: {}, content: 'x', percent: 5 }),
  ],
  [
    'The option rule of canaries.create has no option zone;',
    () => call(canaries, 'create', 'a', { name: 'c', rule: { zone: 'z' }, content: 'x' }),
  ],
  ['canaries.raise has no option percent', () => call(canaries, 'raise', 'a', 'c', 50, { percent: 5 })],
  ['canaries.promote has no option force', () => call(canaries, 'promote', 'a', 'c', { force: true })],
  ['canaries.abort has no option reason', () => call(canaries, 'abort', 'a', 'c', { reason: 'x' })],
  ['canaries.guard has no option interval;', () => call(canaries, 'guard', { interval: 5 })],
  ['policies.set has no option approver;', () => call(policies, 'set', '', { approvals: 1, approver: ['ann'] })],
  ['schemas.set has no option by;', () => call(schemas, 'set', '', {}, { by: 'ann' })],
  ['documents.search has no option path', () => call(documents, 'search', 'a', { path: 'b' })],
  ['documents.import has no option dry;', () => call(documents, 'import', new Map(), { dry: true })],
  ['audit.list has no option paths', () => call(audit, 'list', { paths: 'a' })],
])('%s', async (message, attempt) => {
  await expect((async () => attempt())()).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(message),
  })
})
