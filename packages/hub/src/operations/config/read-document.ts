import { configKey, documentFormat } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import { bytes } from '../../operation/responses.ts'
import { digits, object, timestamp } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { contentJson, shownContent } from './document-content.ts'
import { pathParams } from './parameters.ts'
import { readHistory as permission } from './permissions.ts'

const state = {
  path: Type.String(),
  exists: Type.Boolean(),
  ...shownContent,
  format: Type.Optional(
    Type.String({
      description: '`yaml`, `json`, `toml`, `properties`, `text` or `binary`; absent when it is not there.',
    }),
  ),
  release: Type.Integer({ description: 'The release that the document is at; 0 when there is none.' }),
  author: Type.Optional(Type.String({ description: 'Of that release.' })),
  at: Type.Optional(timestamp),
  checksum: Type.Optional(Type.String({ description: 'SHA-256 of the bytes, in hexadecimal.' })),
  changedByHand: Type.Boolean({ description: 'Somebody has changed it by hand since its release.' }),
  modRevision: Type.Optional(digits('The revision at which it was last written.')),
} as const

export const readDocument = defineLiveRead({
  id: 'config.read',
  path: '/v1/config/documents/{path}',
  tag: 'Configuration',
  summary: 'Read a document',
  description:
    'The document as it was written, with its metadata. A missing document is also an answer, so ' +
    'that callers can wait for it; `GET /v1/config/raw/{path}` answers with 404.',
  permission,
  params: pathParams,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { path: 'order/application.yaml' } },
  async follow({ caller: { etcd, config }, hub, signal }, { params: { path } }) {
    const key = configKey(path)
    const read = async (inner: AbortSignal): Promise<object> => {
      const {
        bytes: content,
        modRevision,
        revision: _,
        ...rest
      } = await config.releases.current(path, { signal: inner })
      return {
        ...rest,
        exists: content !== undefined,
        ...contentJson(content),
        format: content && documentFormat(path, content),
        modRevision: modRevision === undefined ? undefined : String(modRevision),
      }
    }
    const ranges = [{ key }, { key: `/waypost/config/heads/${path}` }]
    return followRecomputed({ etcd, clock: hub.clock, ranges, read }, signal)
  },
})

const contentTypes: Readonly<Record<string, string>> = {
  yaml: 'application/yaml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  toml: 'application/toml; charset=utf-8',
  properties: 'text/plain; charset=utf-8',
  text: 'text/plain; charset=utf-8',
}

export const readRawDocument = defineOperation({
  id: 'config.readRaw',
  method: 'GET',
  path: '/v1/config/raw/{path}',
  tag: 'Configuration',
  summary: 'Read the bytes of a document',
  description:
    'Exactly as it was written, with the type of its format, as `curl` or a service in any language wants it. The header ' +
    '`Waypost-Content-Type` names the format, `Waypost-Revision` the revision at which it was last written.',
  permission: [{ access: 'read', key: '/config/{path}' }],
  problems: ['not-found'],
  params: pathParams,
  responses: { 200: bytes('The document.', 'application/octet-stream') },
  example: { params: { path: 'order/application.yaml' } },
  async handler({ caller: { etcd }, signal }, { params: { path } }) {
    const stored = await etcd.kv.get(configKey(path), { signal })
    if (stored === undefined) throw new WaypostError('not-found', `There is no document ${path}.`)
    return {
      status: 200,
      headers: {
        'waypost-content-type': contentTypes[documentFormat(path, stored.bytes)] ?? 'application/octet-stream',
        'waypost-revision': String(stored.modRevision),
        // It is data: a browser must not run what somebody wrote into a document.
        'content-disposition': 'attachment',
      },
      body: stored.bytes,
    }
  },
})
