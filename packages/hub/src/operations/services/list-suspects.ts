import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { name, object, timestamp } from '../../operation/schemas.ts'
import { withDirectory } from './directories.ts'
import { recentLosses, suspectsIn } from './suspects.ts'

export const listSuspects = defineOperation({
  id: 'services.suspects',
  method: 'GET',
  path: '/v1/services/{name}/suspects',
  tag: 'Names',
  summary: 'List the instances that are lost and still called',
  description:
    'Instances whose records went together, without a word of leaving: consumers with the defaults of the guard hold ' +
    'them as `suspect`, and call them until they refuse. Told from the timeline; a consumer may have given one up ' +
    'since. `names.list` does not have them: it says what the store says.',
  permission: [
    { access: 'read', prefix: '/services/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  problems: ['failed-precondition'],
  params: object({ name: name('The service.') }),
  responses: {
    200: json(
      'The instances, by the time at which they were lost.',
      object({
        suspects: Type.Array(
          object({
            id: Type.String(),
            address: Type.String(),
            zone: Type.Optional(Type.String()),
            version: Type.Optional(Type.String()),
            since: Type.Unsafe<string>({ ...timestamp, description: 'When its record went.' }),
            until: Type.Unsafe<string>({ ...timestamp, description: 'Until when consumers hold it at most.' }),
          }),
        ),
      }),
    ),
  },
  example: { params: { name: 'user' } },
  async handler(context, { params }) {
    const losses = await recentLosses(context)
    const nowMs = context.hub.clock.epochMs()
    const all = await withDirectory(context.caller.registry, (directory) => suspectsIn(losses, directory, nowMs))
    const suspects = all
      .filter(({ service }) => service === params.name)
      .map(({ service: _, sinceMs, untilMs, ...rest }) => ({
        ...rest,
        since: new Date(sinceMs).toISOString(),
        until: new Date(untilMs).toISOString(),
      }))
    return { status: 200, body: { suspects } }
  },
})
