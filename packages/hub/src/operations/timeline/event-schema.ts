import Type from 'typebox'
import { digits, object, timestamp } from '../../operation/schemas.ts'
import { eventKinds } from '../../timeline/event.ts'

const factsSchema = Type.Record(Type.String(), Type.Unknown())

/** One event of the timeline, as `eventJson` writes it. */
export const eventSchema = object({
  id: Type.String({ description: 'Revision and place in it, such as `120.0`.' }),
  revision: digits('The revision of the store that caused it.'),
  at: Type.Unsafe<string>({ ...timestamp, description: 'When it was recorded.' }),
  kind: Type.String({ enum: Object.keys(eventKinds) }),
  key: Type.String({ description: "The store's key that it is about." }),
  service: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  path: Type.Optional(Type.String({ description: 'The document, or the scope of a rule.' })),
  name: Type.Optional(Type.String({ description: 'The election, canary, schedule, queue or process.' })),
  by: Type.Optional(Type.String({ description: 'The author, if known.' })),
  comment: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ description: 'Why: `left`, `expired`, `evicted`, `promoted` …' })),
  was: Type.Optional(factsSchema),
  now: Type.Optional(factsSchema),
  fromRevision: Type.Optional(digits('Of a gap: the last revision before it.')),
  toRevision: Type.Optional(digits('Of a gap: the revision that the difference leads to.')),
  late: Type.Optional(Type.Boolean({ description: 'It was recorded later than it happened.' })),
  inferred: Type.Optional(Type.Boolean({ description: 'Found by comparing two moments, not seen.' })),
  summary: Type.String({ description: 'The event in a sentence.' }),
  summaryZh: Type.String({ description: 'The same in Chinese.' }),
})
