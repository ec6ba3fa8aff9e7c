/** What is known of one thing at one moment: an instance, a document, a canary … Plain JSON. */
export type Facts = Readonly<Record<string, unknown>>

/** One entry of the timeline. */
export interface TimelineEvent {
  /** `<revision>.<number>`: the store's revision that brought it about, and its place among the events of that revision. */
  readonly id: string
  /** When it was recorded, by the recorder's clock, ISO 8601. It never goes back. */
  readonly at: string
  readonly kind: EventKind
  /** The store's key that it is about. */
  readonly key: string
  readonly service?: string | undefined
  readonly instance?: string | undefined
  /** The document. */
  readonly path?: string | undefined
  /** The election, canary, schedule, queue, process or scope. */
  readonly name?: string | undefined
  /** Who did it, where the store says so. */
  readonly by?: string | undefined
  readonly comment?: string | undefined
  /** Why: `left`, `expired`, `evicted`, `promoted` … */
  readonly reason?: string | undefined
  /** What was known before. Absent: nothing was there. */
  readonly was?: Facts | undefined
  /** What is known from now on. Absent: nothing is there any more. */
  readonly now?: Facts | undefined
  /** Of a gap: the history after the first revision and up to the second is gone. Decimal text. */
  readonly fromRevision?: string | undefined
  readonly toRevision?: string | undefined
  /** It had already happened when a recorder came to it: the time is that of the recorder. */
  readonly late?: true | undefined
  /** It was found by comparing two moments, not seen: in between the store's history is gone. */
  readonly inferred?: true | undefined
}

/** Every kind of event, with what it means. */
export const eventKinds = {
  'instance.starting': 'an instance registered and is not ready yet',
  'instance.up': 'an instance takes traffic from now on',
  'instance.changed': "an instance's record changed, but not its status",
  'instance.restored': 'an instance registered again, on a new lease, without having been missed',
  'instance.leaving': 'an instance announced that it leaves',
  'instance.down': 'an instance is gone; `reason` is `left`, `expired`, `evicted`, `unreadable` or `unknown`',
  'override.set': 'an operator set the weight of an instance, drained or disabled it',
  'override.cleared': 'an operator undid that',
  'release.published': 'a document was released',
  'release.rolled-back': 'an earlier release of a document was brought back',
  'release.deleted': 'a document was deleted by a release',
  'release.imported': 'a document was released by an import',
  'release.external': 'a change by hand was recorded as a release',
  'release.promoted': 'a canary became the document',
  'document.written': 'a document was written by hand, without a release',
  'document.removed': 'a document was deleted by hand, without a release',
  'canary.started': 'some instances get another text than the document',
  'canary.changed': 'a canary has another text or is for other instances',
  'canary.ended': 'a canary is over; `reason` is `promoted`, `aborted` or `unknown`',
  'draft.saved': 'somebody saved what they mean to publish',
  'draft.submitted': 'a draft waits for approval',
  'draft.approved': 'somebody approved a draft',
  'draft.rejected': 'a draft was given back to its author',
  'draft.removed': 'a draft is gone; `reason` is `published`, `discarded` or `unknown`',
  'policy.set': 'what a release needs was changed',
  'policy.removed': 'a policy was removed',
  'schema.set': 'a schema was stored',
  'schema.removed': 'a schema was removed',
  'config.rejected': 'a process rejects a configuration',
  'config.recovered': 'a process that rejected a configuration no longer does, or is gone',
  'candidate.joined': 'a process became a candidate of an election',
  'candidate.changed': 'a candidate changed its value',
  'candidate.left': 'a candidate is gone; `reason` is `resigned`, `expired` or `unknown`',
  'leader.elected': 'an election has a leader, or another one',
  'leader.changed': 'a leader changed its value',
  'leader.gone': 'an election lost its leader',
  'schedule.set': 'a schedule was made or changed',
  'schedule.paused': 'a schedule was paused',
  'schedule.resumed': 'a schedule was resumed',
  'schedule.removed': 'a schedule was removed',
  'queue.paused': 'a queue was paused',
  'queue.resumed': 'a queue was resumed',
  'timeline.began': 'the recording began',
  'timeline.gap': 'the history between two revisions has been compacted; the difference follows',
  'timeline.unknown': 'a newer version of Waypost recorded something that this one does not know',
} as const satisfies Record<string, string>

export type EventKind = keyof typeof eventKinds

export function isEventKind(text: string): text is EventKind {
  return Object.hasOwn(eventKinds, text)
}

/** The store's revision of an event. */
export function revisionOf(id: string): bigint {
  return BigInt(id.slice(0, id.indexOf('.')))
}

/** The place of an event among those of its revision. */
export function indexOf(id: string): number {
  return Number(id.slice(id.indexOf('.') + 1))
}

/** Negative when `a` comes before `b`. */
export function compareIds(a: string, b: string): number {
  const first = revisionOf(a)
  const second = revisionOf(b)
  return first === second ? indexOf(a) - indexOf(b) : first < second ? -1 : 1
}
