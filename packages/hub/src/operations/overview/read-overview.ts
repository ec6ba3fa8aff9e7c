import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf, timestamp } from '../../operation/schemas.ts'
import { alarmSchema } from '../cluster/read-cluster.ts'
import { clusterPart } from './cluster-part.ts'
import { configPart } from './config-part.ts'
import { type Finding, findingSchema, inOrder } from './findings.ts'
import { servicesPart } from './services-part.ts'
import { whatIsAllowed } from './what-is-allowed.ts'

const counts = {
  total: Type.Integer(),
  up: Type.Integer(),
  starting: Type.Integer(),
  leaving: Type.Integer(),
  disabled: Type.Integer(),
} as const

export const readOverview = defineOperation({
  id: 'hub.overview',
  method: 'GET',
  path: '/v1/overview',
  tag: 'Hub',
  summary: 'Show the overall state, problems first',
  description: 'With the caller’s own rights: a part that it may not read is absent and named in `hidden`.',
  permission: 'user',
  responses: {
    200: json(
      'How everything is.',
      object({
        findings: Type.Array(findingSchema, { description: 'The problems, worst first.' }),
        services: Type.Optional(
          object({
            count: Type.Integer(),
            withoutUp: Type.Array(Type.String()),
            instances: object(counts),
            suspects: Type.Array(
              object({ service: Type.String(), count: Type.Integer(), since: timestamp, until: timestamp }),
              {
                description:
                  'Services with instances that were lost together, and that consumers still call: see ' +
                  '`services.suspects`. They are not among the counts.',
              },
            ),
          }),
        ),
        config: Type.Optional(
          object({
            documents: Type.Integer(),
            releasesToday: Type.Array(
              object({
                path: Type.String(),
                release: Type.Integer(),
                author: Type.Optional(Type.String()),
                at: timestamp,
              }),
              { description: 'In the last 24 hours, the newest first; 20 at most.' },
            ),
            releaseCount: Type.Integer({ description: 'Documents that were released in the last 24 hours.' }),
            canaries: Type.Array(object({ path: Type.String(), name: Type.String(), at: timestamp })),
            drafts: object({ draft: Type.Integer(), submitted: Type.Integer(), approved: Type.Integer() }),
            consumers: Type.Integer({ description: 'Live processes that load configuration.' }),
          }),
        ),
        cluster: Type.Optional(
          object({
            members: Type.Integer(),
            reachable: Type.Integer(),
            leader: Type.Optional(Type.String()),
            dbSizeBytes: Type.Number(),
            alarms: Type.Array(alarmSchema),
          }),
        ),
        hidden: Type.Array(oneOf(['services', 'config', 'cluster'], 'What the caller may not read.')),
      }),
    ),
  },
  example: {},
  async handler(context) {
    const [services, config, cluster] = await Promise.all([
      whatIsAllowed(servicesPart(context)),
      whatIsAllowed(configPart(context)),
      whatIsAllowed(clusterPart(context)),
    ])
    const parts = { services, config, cluster }
    const findings: readonly Finding[] = Object.values(parts).flatMap((part) => part?.findings ?? [])
    return {
      status: 200,
      body: {
        findings: inOrder(findings),
        services: services?.facts,
        config: config?.facts,
        cluster: cluster?.facts,
        hidden: (['services', 'config', 'cluster'] as const).filter((name) => parts[name] === undefined),
      },
    }
  },
})
