import type { JobStatus, QueueCounts } from '@waypost/coordination'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json, type Sendable } from '../../operation/responses.ts'
import { digits, name, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'

const params = object({ queue: name('The queue.') })
const jobParams = object({
  queue: name('The queue.'),
  job: Type.String({ minLength: 1, maxLength: 512, description: 'The id of the job.' }),
})
const read = [{ access: 'read', prefix: '/waypost/queues/{queue}/' }] as const
const write = [...read, { access: 'write', prefix: '/waypost/queues/{queue}/' }] as const

const countFields = {
  waiting: Type.Integer({ description: 'May be claimed now.' }),
  delayed: Type.Integer({ description: 'Wait until they are due.' }),
  blocked: Type.Integer({ description: 'Wait for an earlier job of their group.' }),
  active: Type.Integer(),
  completed: Type.Integer({ description: 'Completed jobs whose result is still kept.' }),
  dead: Type.Integer({ description: 'Failed for good.' }),
  workers: Type.Integer(),
  isPaused: Type.Boolean(),
  oldestWaitingMs: Type.Integer({ description: 'How long the oldest that may be claimed has waited.' }),
} as const

export const listQueues = defineOperation({
  id: 'coordination.queues',
  method: 'GET',
  path: '/v1/queues',
  tag: 'Coordination',
  summary: 'List queues and their counts',
  permission: [{ access: 'read', prefix: '/waypost/queues/' }],
  query: object({ search, ...paging }),
  responses: {
    200: json(
      'A page of queues, by name.',
      object({ queues: Type.Array(object({ name: Type.String(), ...countFields })), next }),
    ),
  },
  example: {},
  async handler({ caller: { coordination }, signal }, { query }) {
    const names = (await coordination.queues({ signal })).filter((each) => contains(query.search, each))
    const page = pageOf(names, (each) => each, query)
    const queues = await Promise.all(
      page.items.map(async (each) => ({
        name: each,
        ...countsJson(await coordination.queue(each).counts({ signal })),
      })),
    )
    return { status: 200, body: { queues, next: page.next } }
  },
})

function countsJson({ oldestWaitingMs, ...rest }: QueueCounts) {
  return { ...rest, oldestWaitingMs: Math.round(oldestWaitingMs) }
}

const state = { name: Type.String(), ...countFields } as const

export const readQueue = defineLiveRead({
  id: 'coordination.queue',
  path: '/v1/queues/{queue}',
  tag: 'Coordination',
  summary: 'Show the counts of a queue',
  permission: read,
  params,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { queue: 'mail' } },
  async follow({ caller: { etcd, coordination }, hub, signal }, { params: { queue } }) {
    const ranges = [{ prefix: `/waypost/queues/${queue}/` }]
    const counts = async (inner: AbortSignal): Promise<object> => ({
      name: queue,
      ...countsJson(await coordination.queue(queue).counts({ signal: inner })),
    })
    return followRecomputed({ etcd, clock: hub.clock, ranges, read: counts }, signal)
  },
})

const jobSchema = object({
  id: Type.String(),
  state: oneOf(['waiting', 'active', 'completed', 'dead'], 'Its state; `waiting` includes jobs that are not due yet.'),
  attempt: Type.Integer({ description: 'Attempts begun.' }),
  addedAt: timestamp,
  finishedAt: Type.Optional(timestamp),
  worker: Type.Optional(Type.String()),
  progress: Type.Optional(Type.Unknown()),
  result: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.String({ description: 'Why the last attempt failed.' })),
  token: Type.Optional(digits('The fencing token of the attempt.')),
  data: Type.Optional(Type.Unknown()),
  priority: Type.Optional(Type.Integer()),
  group: Type.Optional(Type.String()),
})

function jobJson({ addedAt, finishedAt, token, ...rest }: JobStatus): Sendable<Static<typeof jobSchema>> {
  return {
    ...rest,
    addedAt: addedAt.toISOString(),
    finishedAt: finishedAt?.toISOString(),
    token: token === undefined ? undefined : String(token),
  }
}

export const listJobs = defineOperation({
  id: 'coordination.jobs',
  method: 'GET',
  path: '/v1/queues/{queue}/jobs',
  tag: 'Coordination',
  summary: 'List the jobs of a queue',
  permission: read,
  params,
  query: object({
    state: oneOf(['waiting', 'active', 'dead'], '`waiting`: the next to be taken; `dead`: failed, with the reason.'),
    ...paging,
  }),
  responses: { 200: json('The jobs.', object({ jobs: Type.Array(jobSchema), next })) },
  example: { params: { queue: 'mail' }, query: { state: 'dead' } },
  async handler({ caller: { coordination, etcd }, signal }, { params: { queue: which }, query }) {
    const queue = coordination.queue(which)
    if (query.state === 'waiting') {
      const jobs = await queue.peek(query.limit ?? 100, { signal })
      return {
        status: 200,
        body: {
          jobs: jobs.map(({ addedAt, ...job }) => ({
            ...job,
            state: 'waiting' as const,
            attempt: 0,
            addedAt: addedAt.toISOString(),
          })),
        },
      }
    }
    if (query.state === 'dead') {
      const page = pageOf(await queue.deadLetters({ signal }), ({ id }) => id, query)
      return { status: 200, body: { jobs: page.items.map(jobJson), next: page.next } }
    }
    const prefix = `/waypost/queues/${which}/claims/`
    const keys = await etcd.kv.list({ prefix }, { keysOnly: true, signal }).toArray()
    const page = pageOf(
      keys.map(({ key }) => key.slice(prefix.length)),
      (id) => id,
      query,
    )
    const jobs = await Promise.all(page.items.map((id) => queue.status(id, { signal })))
    return {
      status: 200,
      body: { jobs: jobs.flatMap((job) => (job === undefined ? [] : [jobJson(job)])), next: page.next },
    }
  },
})

export const readJob = defineOperation({
  id: 'coordination.job',
  method: 'GET',
  path: '/v1/queues/{queue}/jobs/{job}',
  tag: 'Coordination',
  summary: 'Show a job',
  permission: read,
  problems: ['not-found'],
  params: jobParams,
  responses: { 200: json('The job.', jobSchema) },
  example: { params: { queue: 'mail', job: 'a' } },
  async handler({ caller: { coordination }, signal }, { params: { queue, job } }) {
    const status = await coordination.queue(queue).status(job, { signal })
    if (status === undefined) throw noJob(queue, job)
    return { status: 200, body: jobJson(status) }
  },
})

export const addJob = defineOperation({
  id: 'coordination.addJob',
  method: 'POST',
  path: '/v1/queues/{queue}/jobs',
  tag: 'Coordination',
  summary: 'Add a job to a queue',
  description: 'With an `id` it is added once: adding it again does nothing while the job or its result is kept.',
  permission: write,
  problems: ['too-large'],
  params,
  body: object({
    data: Type.Optional(Type.Unknown({ description: 'The data for the worker: any JSON.' })),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    delayMs: Type.Optional(Type.Integer({ minimum: 0 })),
    priority: Type.Optional(Type.Integer({ minimum: -1_000, maximum: 1_000 })),
    group: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Jobs of one group run one after the other.' }),
    ),
    attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  }),
  responses: {
    201: json(
      'It is in the queue.',
      object({ id: Type.String(), added: Type.Boolean({ description: 'False: it existed already.' }) }),
    ),
  },
  example: { params: { queue: 'mail' }, body: { data: { to: 'ada@example.org' } } },
  async handler({ caller: { coordination } }, { params: { queue }, body: { data = null, ...options } }) {
    return { status: 201, body: await coordination.queue(queue).add(data, options) }
  },
})

export const retryJob = defineOperation({
  id: 'coordination.retryJob',
  method: 'POST',
  path: '/v1/queues/{queue}/jobs/{job}/retry',
  tag: 'Coordination',
  summary: 'Make a job available now',
  description: 'One that is delayed, or a dead letter.',
  permission: write,
  problems: ['not-found'],
  params: jobParams,
  responses: { 204: empty('It may be claimed.') },
  example: { params: { queue: 'mail', job: 'a' } },
  async handler({ caller: { coordination } }, { params: { queue, job } }) {
    if (await coordination.queue(queue).retry(job)) return { status: 204 }
    throw new WaypostError('not-found', `${job} is neither delayed nor a dead letter of the queue ${queue}.`)
  },
})

export const removeJob = defineOperation({
  id: 'coordination.removeJob',
  method: 'DELETE',
  path: '/v1/queues/{queue}/jobs/{job}',
  tag: 'Coordination',
  summary: 'Cancel a job',
  description: 'A waiting job is removed; the worker of a running job is notified.',
  permission: write,
  problems: ['not-found'],
  params: jobParams,
  responses: { 204: empty('It is removed, or its worker is notified.') },
  example: { params: { queue: 'mail', job: 'a' } },
  async handler({ caller: { coordination } }, { params: { queue, job } }) {
    if (await coordination.queue(queue).cancel(job)) return { status: 204 }
    throw noJob(queue, job)
  },
})

export const redriveQueue = defineOperation({
  id: 'coordination.redrive',
  method: 'POST',
  path: '/v1/queues/{queue}/redrive',
  tag: 'Coordination',
  summary: 'Put every dead letter back into the queue',
  permission: write,
  timeoutMs: 120_000,
  params,
  responses: { 200: json('They may be claimed.', object({ redriven: Type.Integer() })) },
  example: { params: { queue: 'mail' } },
  handler: async ({ caller: { coordination } }, { params: { queue } }) => ({
    status: 200,
    body: { redriven: await coordination.queue(queue).redrive() },
  }),
})

export const pauseQueue = defineOperation({
  id: 'coordination.pauseQueue',
  method: 'POST',
  path: '/v1/queues/{queue}/pause',
  tag: 'Coordination',
  summary: 'Pause a queue',
  description: 'Running work continues.',
  permission: write,
  params,
  responses: { 204: empty('It is paused.') },
  example: { params: { queue: 'mail' } },
  async handler({ caller: { coordination }, signal }, { params: { queue } }) {
    await coordination.queue(queue).pause({ signal })
    return { status: 204 }
  },
})

export const resumeQueue = defineOperation({
  id: 'coordination.resumeQueue',
  method: 'POST',
  path: '/v1/queues/{queue}/resume',
  tag: 'Coordination',
  summary: 'Resume a queue',
  permission: write,
  params,
  responses: { 204: empty('It goes on.') },
  example: { params: { queue: 'mail' } },
  async handler({ caller: { coordination }, signal }, { params: { queue } }) {
    await coordination.queue(queue).resume({ signal })
    return { status: 204 }
  },
})

export const purgeQueue = defineOperation({
  id: 'coordination.purge',
  method: 'DELETE',
  path: '/v1/queues/{queue}/jobs',
  tag: 'Coordination',
  summary: 'Delete jobs that no worker has',
  permission: write,
  timeoutMs: 120_000,
  params,
  query: object({ what: oneOf(['waiting', 'completed', 'dead', 'all'], 'Which.') }),
  responses: { 200: json('They are gone.', object({ purged: Type.Integer() })) },
  example: { params: { queue: 'mail' }, query: { what: 'dead' } },
  handler: async ({ caller: { coordination } }, { params: { queue }, query: { what } }) => ({
    status: 200,
    body: { purged: await coordination.queue(queue).purge(what) },
  }),
})

function noJob(queue: string, job: string): WaypostError {
  return new WaypostError('not-found', `The queue ${queue} has no job ${job}.`)
}
