import { diffDocuments, type Release, type ReleaseInfo } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { json, type Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { contentJson, shownContent } from './document-content.ts'
import { pathParams } from './parameters.ts'
import { readHistory } from './permissions.ts'

const release = {
  release: Type.Integer({ description: 'From 1, without gaps, for each path.' }),
  path: Type.String(),
  kind: oneOf(
    ['publish', 'rollback', 'delete', 'import', 'external', 'promote'],
    'What caused it; `external`: somebody changed the key by hand.',
  ),
  author: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  at: timestamp,
  deleted: Type.Boolean({ description: 'It deleted the document.' }),
  checksum: Type.Optional(Type.String()),
  size: Type.Integer({ description: 'In bytes.' }),
  restores: Type.Optional(Type.Integer({ description: 'The release whose content it restored.' })),
  bundle: Type.Optional(Type.String({ description: 'Shared by all releases of one publish.' })),
  canary: Type.Optional(Type.String({ description: 'The canary that was promoted.' })),
  revision: digits('The revision at which it was made.'),
} as const

const releaseSchema = object(release)

function releaseJson({ revision, ...rest }: ReleaseInfo): Sendable<Static<typeof releaseSchema>> {
  return { ...rest, revision: String(revision) }
}

export const readHistoryPage = defineOperation({
  id: 'config.history',
  method: 'GET',
  path: '/v1/config/documents/{path}/releases',
  tag: 'Configuration',
  summary: 'Read the history of a document',
  permission: readHistory,
  params: pathParams,
  query: object({
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, description: 'The maximum number of releases. Default 50.' }),
    ),
    before: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Only releases before this one: the last number of the page before.' }),
    ),
  }),
  responses: {
    200: json(
      'The releases, newest first.',
      object({
        path: Type.String(),
        current: Type.Integer({ description: 'The release that the document is at; 0 when there is none.' }),
        changedByHand: Type.Boolean(),
        releases: Type.Array(releaseSchema),
        damaged: Type.Array(object({ key: Type.String(), reason: Type.String() })),
        next: Type.Optional(Type.Integer({ description: '`before` of the next page.' })),
      }),
    ),
  },
  example: { params: { path: 'order/application.yaml' } },
  async handler({ caller: { config }, signal }, { params: { path }, query: { limit = 50, before } }) {
    const { releases, ...rest } = await config.releases.history(path, { limit, before, signal })
    const last = releases.at(-1)?.release ?? 0
    return {
      status: 200,
      body: {
        ...rest,
        releases: releases.map(releaseJson),
        next: releases.length === limit && last > 1 ? last : undefined,
      },
    }
  },
})

export const readRelease = defineOperation({
  id: 'config.release',
  method: 'GET',
  path: '/v1/config/documents/{path}/releases/{release}',
  tag: 'Configuration',
  summary: 'Read a release',
  permission: readHistory,
  problems: ['not-found', 'data-loss'],
  params: object({
    ...pathParams.properties,
    release: Type.Integer({ minimum: 1, description: 'The number of the release.' }),
  }),
  responses: { 200: json('The release, with the document as it was.', object({ ...release, ...shownContent })) },
  example: { params: { path: 'order/application.yaml', release: '1' } },
  async handler({ caller: { config }, signal }, { params: { path, release: number } }) {
    const { bytes, ...info } = await config.releases.get(path, number, { signal })
    return { status: 200, body: { ...releaseJson(info), ...contentJson(bytes) } }
  },
})

export const keyDifference = object({
  keyPath: Type.Array(Type.String()),
  from: Type.Optional(Type.Unknown({ description: 'Absent when the key is new. Secrets are `[secret]`.' })),
  to: Type.Optional(Type.Unknown({ description: 'Absent when the key is gone.' })),
})

export const diffFields = {
  patch: Type.Optional(
    Type.String({
      description: 'A unified diff without secrets; empty when nothing differs. Absent for bytes that are no text.',
    }),
  ),
  changes: Type.Optional(
    Type.Array(keyDifference, { description: 'Key by key. Absent when a side does not parse, or has no keys.' }),
  ),
} as const

const side = (which: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      description: `The release of the ${which} side; 0: before the first. Absent: as it is now.`,
    }),
  )

export const diffConfig = defineOperation({
  id: 'config.diff',
  method: 'GET',
  path: '/v1/config/diff',
  tag: 'Configuration',
  summary: 'Compare two documents or two releases',
  description: 'Any two: releases of one document, or two documents. Encrypted values are left out.',
  permission: [
    { access: 'read', prefix: '/config/' },
    { access: 'read', prefix: '/waypost/config/heads/' },
    { access: 'read', prefix: '/waypost/config/releases/' },
  ],
  problems: ['not-found', 'data-loss'],
  query: object({
    left: Type.String({ minLength: 1, maxLength: 1_024, description: 'The path of the left side.' }),
    leftRelease: side('left'),
    right: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_024,
        description: 'The path of the right side. Default that of the left.',
      }),
    ),
    rightRelease: side('right'),
  }),
  responses: { 200: json('The difference.', object(diffFields)) },
  example: { query: { left: 'order/application.yaml', leftRelease: '0' } },
  async handler(context, { query: { left, leftRelease, right = left, rightRelease } }) {
    const [from, to] = await Promise.all([sideOf(context, left, leftRelease), sideOf(context, right, rightRelease)])
    return { status: 200, body: await diffDocuments(left, from, to) }
  },
})

async function sideOf({ caller: { config }, signal }: OperationContext, path: string, number: number | undefined) {
  if (number === 0) return { label: `${path} before its first release`, bytes: undefined }
  if (number === undefined) {
    const { bytes } = await config.releases.current(path, { signal })
    if (bytes === undefined) throw new WaypostError('not-found', `There is no document ${path}.`)
    return { label: path, bytes }
  }
  const { bytes }: Release = await config.releases.get(path, number, { signal })
  return { label: `${path} release ${number}`, bytes }
}
