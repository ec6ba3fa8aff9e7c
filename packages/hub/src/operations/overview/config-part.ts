import type { OperationContext } from '../../operation/operation-context.ts'
import type { Finding } from './findings.ts'

const dayMs = 24 * 60 * 60 * 1000
const maxReleases = 20

/** Reads what is recorded, and no document: its cost is that of the documents' heads. */
export async function configPart({ caller: { etcd, config }, hub, signal }: OperationContext) {
  const since = new Date(hub.clock.epochMs() - dayMs).toISOString()
  const [documents, releases, canaryPaths, { drafts }, consumers, applied] = await Promise.all([
    etcd.kv.count({ prefix: '/config/' }, { signal }),
    config.releases.since(since, { signal }),
    config.canaries.paths({ signal }),
    config.drafts.list({ signal }),
    etcd.kv.count({ prefix: '/waypost/config/consumers/' }, { signal }),
    config.consumers.rejections({ signal }),
  ])
  const canaries = (
    await Promise.all(
      canaryPaths.map(async (path) =>
        (await config.canaries.list(path, { signal })).canaries.map(({ name, at }) => ({ path, name, at })),
      ),
    )
  ).flat()
  const findings: Finding[] = applied.map(({ path, instance, app, reason = 'without a reason' }) => ({
    severity: 'warning',
    code: 'configuration-rejected',
    about: path,
    message: `${app} on ${instance} rejects ${path}: ${reason}`,
  }))
  for (const { path, author } of drafts.filter(({ state }) => state === 'submitted')) {
    findings.push({
      severity: 'notice',
      code: 'draft-waits',
      about: path,
      message: `The draft of ${path} by ${author} waits for approval.`,
    })
  }
  const count = (state: string): number => drafts.filter((draft) => draft.state === state).length
  return {
    facts: {
      documents: Number(documents),
      releasesToday: releases.slice(0, maxReleases),
      releaseCount: releases.length,
      canaries,
      drafts: { draft: count('draft'), submitted: count('submitted'), approved: count('approved') },
      consumers: Number(consumers),
    },
    findings,
  }
}
