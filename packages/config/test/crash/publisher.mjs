// Publishes until it is killed: bundles, drafts and canaries, one after the other.
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'

const [endpoints, name] = process.argv.slice(2)
const config = new ConfigCenter(new EtcdClient({ endpoints }), { retention: { releases: Number.POSITIVE_INFINITY } })
for (let n = 0; ; n++) {
  const content = `by: ${name}\nn: ${n}\n`
  const author = { author: name }
  await config.releases.publishAll(
    ['a', 'b', 'c'].map((document) => ({ path: `${document}.yaml`, content })),
    author,
  )
  await config.drafts.save('draft.yaml', content, { ...author, base: 0 }).catch(() => {})
  await config.canaries.create('canary.yaml', { name, rule: { percent: 1 }, content, ...author }).catch(() => {})
  await config.canaries.promote('canary.yaml', name, author).catch(() => {})
  await config.releases.rollback('a.yaml', 1, author)
  if (n === 0) process.stdout.write('publishing\n')
}
