import { configPrefix } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { readableKeys } from '../../timeline/readable.ts'
import type { Known, StateAt } from '../../timeline/state-at.ts'
import { momentSchema, readMoment } from './read-moment.ts'

const knownSchema = Type.Array(
  object({
    name: Type.String({ description: '`<service>/<instance>`, the path of a document, the name of an election …' }),
    facts: Type.Record(Type.String(), Type.Unknown()),
  }),
)

export const showMoment = defineOperation({
  id: 'timeline.at',
  method: 'GET',
  path: '/v1/timeline/at',
  tag: 'Timeline',
  summary: 'Show the state at a moment',
  description:
    'The instances, documents, overrides, canaries, drafts, policies, schedules and leaders of any moment that the ' +
    'timeline keeps: those that the caller may read today. With `path`, the content of that document as well.',
  permission: 'user',
  problems: ['not-found', 'future-revision'],
  query: object({
    moment: momentSchema('The moment.'),
    service: Type.Optional(Type.String({ description: 'Only entries about this service.', maxLength: 255 })),
    path: Type.Optional(Type.String({ description: 'Only entries about this document.', maxLength: 1_024 })),
  }),
  responses: {
    200: json(
      'What was there.',
      object({
        revision: digits('The revision of the last event up to the moment.'),
        lastId: Type.String({ description: 'That event.' }),
        isCut: Type.Boolean({ description: 'Whether there was more: 10,000 of each kind are shown.' }),
        instances: knownSchema,
        overrides: knownSchema,
        documents: knownSchema,
        canaries: knownSchema,
        drafts: knownSchema,
        policies: knownSchema,
        schemas: knownSchema,
        rejections: knownSchema,
        schedules: knownSchema,
        leaders: knownSchema,
        content: Type.Optional(
          Type.String({ description: 'Of the document at `path`, if it is text and still kept.' }),
        ),
      }),
    ),
  },
  example: { query: { moment: '2030-01-01T00:00:00Z', service: 'user' } },
  async handler(context, { query: { moment, service, path } }) {
    const { caller, hub, signal } = context
    hub.timeline.checkLogin(caller.user)
    const mayRead = await readableKeys(caller.etcd, caller.user, { signal })
    const isShown = ({ key, name }: Known): boolean =>
      mayRead(key) &&
      (service === undefined || name === service || name.startsWith(`${service}/`)) &&
      (path === undefined || name === path || name.startsWith(`${path}/`))
    const asked = readMoment('moment', moment)
    const state = await hub.timeline.timeline.at(asked, { signal, isWanted: isShown })
    const shown = (known: readonly Known[]) => known.map(({ name, facts }) => ({ name, facts }))
    const ofService = <T>(list: readonly T[]): readonly T[] => (path === undefined ? list : [])
    const ofConfig = <T>(list: readonly T[]): readonly T[] => (service === undefined ? list : [])
    const ofNeither = <T>(list: readonly T[]): readonly T[] => ofService(ofConfig(list))
    return {
      status: 200,
      body: {
        revision: String(state.revision),
        lastId: state.lastId,
        isCut: state.isCut,
        instances: ofService(shown(state.instances)),
        overrides: ofService(shown(state.overrides)),
        documents: ofConfig(shown(state.documents)),
        canaries: ofConfig(shown(state.canaries)),
        drafts: ofConfig(shown(state.drafts)),
        policies: ofConfig(shown(state.policies)),
        schemas: ofConfig(shown(state.schemas)),
        rejections: ofConfig(shown(state.rejections)),
        schedules: ofNeither(shown(state.schedules)),
        leaders: ofNeither(shown(state.leaders)),
        content:
          path === undefined || !mayRead(configPrefix + path) ? undefined : await contentOf(context, state, path),
      },
    }
  },
})

/** From the release, or from what the timeline keeps of documents that were written by hand. */
async function contentOf(
  { caller, hub, signal }: OperationContext,
  { documents }: StateAt,
  path: string,
): Promise<string | undefined> {
  const facts = documents.find(({ name }) => name === path)?.facts
  if (facts?.checksum === undefined) return undefined
  if (typeof facts.writtenAt === 'string')
    return textOf(await hub.timeline.timeline.contentOf(path, facts.writtenAt, { signal }))
  try {
    return textOf((await caller.config.releases.get(path, Number(facts.release), { signal })).bytes)
  } catch (error) {
    // Old releases are pruned.
    if (WaypostError.is(error, 'not-found')) return undefined
    throw error
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
