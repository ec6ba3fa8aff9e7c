import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'
import type { TimelineEvent } from '../../timeline/event.ts'
import { mayShow, readableKeys } from '../../timeline/readable.ts'
import { TimelineSource } from '../../timeline/timeline-source.ts'
import { eventSchema } from './event-schema.ts'
import { momentSchema, readMoment } from './read-moment.ts'

export const listEvents = defineLiveRead({
  id: 'timeline.list',
  path: '/v1/timeline',
  tag: 'Timeline',
  summary: 'List what has happened',
  description:
    'Releases, instances up and down, overrides, canaries, drafts, policies, leaders: in one order, newest first. ' +
    'Shows the events about keys that the caller may read. It survives compaction. As a stream, each ' +
    'event `change` holds the events of one revision.',
  permission: 'user',
  query: object({
    kind: Type.Optional(
      Type.String({ description: 'Kinds, separated by commas: `instance.down`, `release.*`.', maxLength: 1_000 }),
    ),
    service: Type.Optional(Type.String({ maxLength: 255 })),
    instance: Type.Optional(Type.String({ maxLength: 255 })),
    path: Type.Optional(
      Type.String({ description: 'A document, or a folder with a trailing slash.', maxLength: 1_024 }),
    ),
    name: Type.Optional(
      Type.String({ description: 'An election, canary, schedule, queue or process.', maxLength: 1_024 }),
    ),
    by: Type.Optional(Type.String({ description: 'Who did it.', maxLength: 255 })),
    from: Type.Optional(momentSchema('Only events at or after this moment.')),
    to: Type.Optional(momentSchema('Only events at or before this moment.')),
    order: Type.Optional(oneOf(['newest', 'oldest'], 'The order. Default `newest`.')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Default 100.' })),
    cursor: Type.Optional(Type.String({ description: '`next` of the page before.', maxLength: 30 })),
  }),
  state: {
    events: Type.Array(eventSchema),
    next: Type.Optional(
      Type.String({ description: 'The cursor of the next page, which may be empty. Absent: there are no more.' }),
    ),
    oldest: Type.Optional(
      object({ id: Type.String(), at: timestamp }, { description: 'The first event that is kept.' }),
    ),
    recordedUpTo: digits('Everything up to this revision is recorded.'),
  },
  change: object({ revision: digits('The revision of the events.'), events: Type.Array(eventSchema) }),
  example: { query: { kind: 'instance.*,release.*', limit: '10' } },
  async follow({ caller: { etcd, user }, hub, signal }, { query }) {
    hub.timeline.checkLogin(user)
    const { kind, from, to, ...filter } = query
    let mayRead = await readableKeys(etcd, user, { signal })
    return await TimelineSource.open(
      {
        timeline: hub.timeline.timeline,
        feed: hub.timeline.feed,
        query: {
          ...filter,
          kinds: kind?.split(',').map((pattern) => pattern.trim()),
          from: from === undefined ? undefined : readMoment('from', from),
          to: to === undefined ? undefined : readMoment('to', to),
        },
        allows: (event: TimelineEvent) => mayShow(event, mayRead),
        recheck: async (recheckSignal) => {
          mayRead = await readableKeys(etcd, user, { signal: recheckSignal })
        },
      },
      signal,
    )
  },
})
