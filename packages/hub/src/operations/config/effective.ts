import type { Explanation, Origin } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import type { KeyPermission } from '../../operation/permission.ts'
import { json, type Sendable } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { target, targetOf } from './parameters.ts'

const permission: readonly KeyPermission[] = [
  { access: 'read', prefix: '/config/' },
  { access: 'read', prefix: '/waypost/config/heads/' },
  { access: 'read', prefix: '/waypost/config/canaries/' },
]

/** What an application's configuration may be made of. */
const ranges = [{ prefix: '/config/' }, { prefix: '/waypost/config/heads/' }, { prefix: '/waypost/config/canaries/' }]

const state = {
  value: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'All layers merged and placeholders filled. Secrets are `[secret]`. Absent when `problem` is there.',
    }),
  ),
  documents: Type.Array(
    object({
      path: Type.String(),
      layer: Type.String({ description: '`import`, `extends`, `app`, `profile`, …' }),
      release: Type.Optional(Type.Integer()),
      canary: Type.Optional(Type.String({ description: 'The canary that replaces it.' })),
      modRevision: digits('The revision at which it was last written.'),
    }),
    { description: 'What it is made of, from general to specific.' },
  ),
  unresolved: Type.Array(Type.String(), {
    description: 'Keys whose value only the process itself knows: variables of its environment, and secrets.',
  }),
  problem: Type.Optional(
    object({ code: Type.String(), message: Type.String() }, { description: 'Why there is currently no value.' }),
  ),
} as const

export const readEffective = defineLiveRead({
  id: 'config.effective',
  path: '/v1/config/effective',
  tag: 'Configuration',
  summary: 'Read the configuration of an application',
  description:
    'What an application, profile and instance gets: its layers merged, canaries taken. Placeholders for variables of its ' +
    'environment stay. When a document becomes invalid, followers get `problem`.',
  permission,
  query: object(target),
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { query: { app: 'order', profile: 'production' } },
  async follow({ caller: { etcd, config }, hub, signal }, { query }) {
    const read = async (inner: AbortSignal): Promise<object> => {
      try {
        const effective = await config.effective({ ...targetOf(query), signal: inner })
        return {
          value: effective.value,
          documents: effective.documents.map(({ revision, ...rest }) => ({ ...rest, modRevision: String(revision) })),
          unresolved: effective.unresolved.map((path) => path.join('.')),
        }
      } catch (error) {
        if (!WaypostError.is(error, 'invalid-document') && !WaypostError.is(error, 'not-found')) throw error
        return { documents: [], unresolved: [], problem: { code: error.code, message: error.message } }
      }
    }
    return followRecomputed({ etcd, clock: hub.clock, ranges, read }, signal)
  },
})

const origin = {
  path: Type.String({ description: 'The document.' }),
  line: Type.Integer(),
  column: Type.Integer(),
  modRevision: digits('The revision at which the document was last written.'),
  release: Type.Optional(Type.Integer()),
  canary: Type.Optional(Type.String()),
  layer: Type.String(),
  value: Type.Unknown({ description: 'As written there; `[secret]` for what is encrypted.' }),
} as const

const explanation = object({
  key: Type.String({ description: 'Dotted.' }),
  resolved: Type.Unknown({ description: 'The final value; secrets as `[secret]`.' }),
  references: Type.Array(Type.String(), { description: 'Keys and variables that its placeholders name.' }),
  ...origin,
  below: Type.Array(object(origin), { description: 'The values of the same key in lower layers, nearest first.' }),
})

export const explainConfig = defineOperation({
  id: 'config.explain',
  method: 'GET',
  path: '/v1/config/explain',
  tag: 'Configuration',
  summary: 'Explain where values come from',
  description:
    'Which document, line and release a key comes from, and which values it overrides. Without `key`: every key.',
  permission,
  problems: ['not-found', 'invalid-document'],
  query: object({
    ...target,
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description: 'Such as `database.pool.max`.' })),
  }),
  responses: { 200: json('The explanations.', object({ keys: Type.Array(explanation) })) },
  example: { query: { app: 'order', key: 'timeout' } },
  async handler({ caller: { config }, signal }, { query: { key, ...rest } }) {
    const effective = await config.effective({ ...targetOf(rest), signal })
    if (key === undefined) return { status: 200, body: { keys: effective.explainAll().map(explanationJson) } }
    const found = effective.explain(key)
    if (found === undefined) throw new WaypostError('not-found', `No document sets ${key}.`)
    return { status: 200, body: { keys: [explanationJson(found)] } }
  },
})

function explanationJson(found: Explanation): Sendable<Static<typeof explanation>> {
  const { key, resolved, references, below } = found
  return { key, resolved, references, ...originJson(found), below: below.map(originJson) }
}

function originJson({ path, line, column, revision, release, canary, layer, value }: Origin) {
  return { path, line, column, modRevision: String(revision), release, canary, layer, value }
}
