import { messageOf } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'

export const showRecording = defineOperation({
  id: 'timeline.status',
  method: 'GET',
  path: '/v1/timeline/status',
  tag: 'Timeline',
  summary: 'Show the state of the recording',
  permission: 'user',
  responses: {
    200: json(
      'The recording.',
      object({
        recordedUpTo: digits('Everything up to this revision is recorded; 0 when nothing ever was.'),
        oldest: Type.Optional(
          object({ id: Type.String(), at: timestamp }, { description: 'The first event that is kept.' }),
        ),
        thisHub: oneOf(
          ['off', 'waiting', 'recording', 'failing', 'closed'],
          'The role of the answering hub. `waiting`: another one records, or nobody has been elected yet.',
        ),
        lastError: Type.Optional(Type.String({ description: 'Why this hub fails.' })),
      }),
    ),
  },
  example: {},
  async handler({ caller, hub: { timeline }, signal }) {
    timeline.checkLogin(caller.user)
    const { recordedUpTo, oldest } = await timeline.timeline.list({ limit: 1, signal })
    const { recorder } = timeline
    const lastError = recorder?.lastError
    return {
      status: 200,
      body: {
        recordedUpTo: String(recordedUpTo),
        oldest,
        thisHub: recorder?.state ?? ('off' as const),
        lastError: lastError === undefined ? undefined : messageOf(lastError),
      },
    }
  },
})
