import { WaypostError } from '@waypost/core'
import type { Preparations, PreparedStore } from './prepare.ts'

const path = 'order/application.yaml'
const author = 'root'

async function aDocument({ config }: PreparedStore): Promise<void> {
  await config.releases.publish(path, 'timeout: 20\n')
}

async function twoReleases({ config }: PreparedStore): Promise<void> {
  await config.releases.publish(path, 'timeout: 10\n')
  await config.releases.publish(path, 'timeout: 20\n')
}

async function aSchema({ config }: PreparedStore): Promise<void> {
  await config.schemas.set('order/', { type: 'object' })
}

async function aDraft(store: PreparedStore): Promise<void> {
  await aDocument(store)
  const known = await store.config.drafts.get(path)
  const revision = known === undefined ? {} : { revision: known.revision }
  await store.config.drafts.save(path, 'timeout: 31\n', { author, base: await currentRelease(store), ...revision })
}

async function aSubmittedDraft(store: PreparedStore) {
  await aDraft(store)
  await store.config.drafts.submit(path, { author })
}

async function currentRelease({ config }: PreparedStore): Promise<number> {
  return (await config.releases.current(path)).release
}

async function noDraft({ config }: PreparedStore): Promise<void> {
  if (await config.drafts.get(path)) await config.drafts.discard(path, { author })
}

async function noCanary(store: PreparedStore): Promise<void> {
  await aDocument(store)
  for (const name of ['try', 'other']) {
    await store.config.canaries.abort(path, name).catch((error: unknown) => {
      if (!WaypostError.is(error, 'not-found')) throw error
    })
  }
}

async function aCanary(store: PreparedStore): Promise<void> {
  await noCanary(store)
  const content = 'timeout: 32\n'
  await store.config.canaries.create(path, { name: 'try', rule: { percent: 1 }, content, evenIfUnknown: true })
}

/** The author is who is logged in. */
const unsigned = { params: { path }, body: {} }

export const config: Preparations = {
  'config.readRaw': aDocument,
  'config.effective': aDocument,
  'config.explain': aDocument,
  'config.release': twoReleases,
  'config.diff': aDocument,
  'config.publish': async (store) => {
    await twoReleases(store)
    await noDraft(store)
  },
  'config.publishAll': twoReleases,
  'config.import': twoReleases,
  'config.delete': twoReleases,
  'config.rollback': twoReleases,
  'config.draft': aDraft,
  'config.saveDraft': async (store) => {
    await noDraft(store)
    return { params: { path }, body: { content: 'timeout: 30\n' } }
  },
  'config.submitDraft': async (store) => {
    await aDraft(store)
    return unsigned
  },
  'config.approveDraft': async (store) => {
    await aSubmittedDraft(store)
    return unsigned
  },
  'config.rejectDraft': async (store) => {
    await aSubmittedDraft(store)
    return unsigned
  },
  'config.publishDraft': async (store) => {
    await aDraft(store)
    return unsigned
  },
  'config.discardDraft': async (store) => {
    await aDraft(store)
    return { params: { path }, query: {} }
  },
  'config.previewCanary': noCanary,
  'config.createCanary': noCanary,
  'config.raiseCanary': aCanary,
  'config.promoteCanary': aCanary,
  'config.abortCanary': aCanary,
  'config.schema': aSchema,
  'config.deleteSchema': aSchema,
  'config.setPolicy': async ({ config: store }) => {
    await store.policies.delete('order/')
  },
}
