import { overlaps, type Run, type Schedule } from '@waypost/coordination'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json, type Sendable } from '../../operation/responses.ts'
import { name, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'

const params = object({ schedule: name('The schedule.') })
const group = Type.Optional(name('The group of processes that can run it. Default `default`.'))
const query = object({ group })
const prefix = '/waypost/schedules/'
const read = [{ access: 'read', prefix }] as const
const write = [...read, { access: 'write', prefix }] as const

const scheduleSchema = object({
  name: Type.String(),
  cron: Type.Optional(Type.String()),
  timeZone: Type.Optional(Type.String()),
  everyMs: Type.Optional(Type.Number()),
  at: Type.Optional(timestamp),
  overlap: oneOf(overlaps, 'What happens if a run is due while an earlier one has not ended.'),
  queue: Type.Optional(Type.String({ description: 'The queue that gets a job for each run.' })),
  paused: Type.Boolean(),
  pauseReason: Type.Optional(Type.String()),
  nextAt: Type.Optional(timestamp),
})

const runSchema = object({
  id: Type.String(),
  state: oneOf(
    ['waiting', 'running', 'completed', 'failed', 'cancelled', 'skipped', 'missed'],
    '`skipped`: an earlier run had not ended; `missed`: no process was running in time.',
  ),
  plannedAt: timestamp,
  startedAt: Type.Optional(timestamp),
  finishedAt: Type.Optional(timestamp),
  by: Type.String({ description: 'The process that led when it began.' }),
  job: Type.Optional(Type.String()),
  queue: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  count: Type.Optional(Type.Integer({ description: 'Of `missed`: how many runs.' })),
  request: Type.Optional(oneOf(['trigger', 'backfill'], 'Somebody asked for it.')),
})

function scheduleJson(schedule: Schedule, nextAt: Date | undefined): Sendable<Static<typeof scheduleSchema>> {
  const { name: title, cron, timeZone, everyMs, atMs, overlap, queue, paused, pauseReason } = schedule
  return {
    name: title,
    cron,
    timeZone,
    everyMs,
    at: atMs === undefined ? undefined : new Date(atMs).toISOString(),
    overlap,
    queue,
    paused,
    pauseReason,
    nextAt: nextAt?.toISOString(),
  }
}

function runJson({ plannedAt, startedAt, finishedAt, payload: _, ...rest }: Run): Sendable<Static<typeof runSchema>> {
  return {
    ...rest,
    plannedAt: plannedAt.toISOString(),
    startedAt: startedAt?.toISOString(),
    finishedAt: finishedAt?.toISOString(),
  }
}

export const listSchedules = defineOperation({
  id: 'coordination.schedules',
  method: 'GET',
  path: '/v1/schedules',
  tag: 'Coordination',
  summary: 'List schedules and when they run next',
  permission: read,
  query: object({ group, search, ...paging }),
  responses: {
    200: json(
      'A page of schedules, by name.',
      object({
        schedules: Type.Array(scheduleSchema),
        leader: Type.Optional(
          Type.String({ description: 'The process that leads the group; absent when nobody has yet.' }),
        ),
        next,
      }),
    ),
  },
  example: {},
  async handler({ caller: { coordination }, signal }, { query: { group: of = 'default', search: wanted, ...page } }) {
    const group = coordination.schedulesOf(of)
    const [all, status] = await Promise.all([group.list({ signal }), group.status({ signal })])
    const some = pageOf(
      all.filter((each) => contains(wanted, each.name)),
      (each) => each.name,
      page,
    )
    const schedules = await Promise.all(
      some.items.map(async (each) => scheduleJson(each, (await group.next(each.name, { count: 1 }))[0])),
    )
    return { status: 200, body: { schedules, leader: status?.leader, next: some.next } }
  },
})

export const readSchedule = defineOperation({
  id: 'coordination.schedule',
  method: 'GET',
  path: '/v1/schedules/{schedule}',
  tag: 'Coordination',
  summary: 'Show a schedule, its next runs and its history',
  permission: read,
  problems: ['not-found'],
  params,
  query: object({
    group,
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, description: 'The most runs of the history. Default 20.' }),
    ),
  }),
  responses: {
    200: json(
      'The schedule.',
      object({ schedule: scheduleSchema, next: Type.Array(timestamp), history: Type.Array(runSchema) }),
    ),
  },
  example: { params: { schedule: 'nightly' } },
  async handler(
    { caller: { coordination }, signal },
    { params: { schedule }, query: { group: of = 'default', limit } },
  ) {
    const group = coordination.schedulesOf(of)
    const found = await group.get(schedule, { signal })
    if (found === undefined) throw new WaypostError('not-found', `There is no schedule ${schedule} in the group ${of}.`)
    const [times, history] = await Promise.all([
      group.next(schedule, { count: 10 }),
      group.history(schedule, { limit, signal }),
    ])
    return {
      status: 200,
      body: {
        schedule: scheduleJson(found, times[0]),
        next: times.map((time) => time.toISOString()),
        history: history.map(runJson),
      },
    }
  },
})

export const putSchedule = defineOperation({
  id: 'coordination.putSchedule',
  method: 'PUT',
  path: '/v1/schedules/{schedule}',
  tag: 'Coordination',
  summary: 'Create or replace a schedule that adds jobs to a queue',
  description: 'A process of the group leads it: `waypost schedule put --lead`, or any that uses the library.',
  permission: write,
  params,
  query,
  body: object({
    cron: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Five fields, or six with seconds in front.' }),
    ),
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    everyMs: Type.Optional(Type.Integer({ minimum: 100 })),
    at: Type.Optional(timestamp),
    overlap: Type.Optional(oneOf(overlaps, 'Default `skip`.')),
    catchUpMs: Type.Optional(Type.Integer({ minimum: 0 })),
    jitterMs: Type.Optional(Type.Integer({ minimum: 0 })),
    queue: name('The queue that gets a job for each run.'),
    payload: Type.Optional(Type.Unknown({ description: 'The data of that job.' })),
  }),
  responses: { 204: empty('It is valid from now on.') },
  example: { params: { schedule: 'nightly' }, body: { cron: '0 3 * * *', queue: 'reports' } },
  async handler({ caller: { coordination } }, { params: { schedule }, query: { group: of = 'default' }, body }) {
    const { at, ...rest } = body
    const time = at === undefined ? {} : { at: new Date(at) }
    await coordination.schedulesOf(of).put(schedule, { ...rest, ...time }, { takePart: false })
    return { status: 204 }
  },
})

export const deleteSchedule = defineOperation({
  id: 'coordination.deleteSchedule',
  method: 'DELETE',
  path: '/v1/schedules/{schedule}',
  tag: 'Coordination',
  summary: 'Delete a schedule and its history',
  permission: write,
  problems: ['not-found'],
  params,
  query,
  responses: { 204: empty('It is gone.') },
  example: { params: { schedule: 'nightly' } },
  async handler({ caller: { coordination } }, { params: { schedule }, query: { group: of = 'default' } }) {
    if (await coordination.schedulesOf(of).delete(schedule)) return { status: 204 }
    throw new WaypostError('not-found', `There is no schedule ${schedule} in the group ${of}.`)
  },
})

export const triggerSchedule = defineOperation({
  id: 'coordination.trigger',
  method: 'POST',
  path: '/v1/schedules/{schedule}/trigger',
  tag: 'Coordination',
  summary: 'Ask for a run now',
  description: 'Under the schedule’s overlap rule, by whichever process leads.',
  permission: write,
  problems: ['not-found'],
  params,
  query,
  body: object({ payload: Type.Optional(Type.Unknown({ description: 'Instead of the schedule’s own rule.' })) }),
  responses: { 202: empty('The leader is asked.') },
  example: { params: { schedule: 'nightly' }, body: {} },
  async handler(
    { caller: { coordination } },
    { params: { schedule }, query: { group: of = 'default' }, body: { payload } },
  ) {
    await coordination.schedulesOf(of).trigger(schedule, payload === undefined ? {} : { payload })
    return { status: 202 }
  },
})

export const pauseSchedule = defineOperation({
  id: 'coordination.pauseSchedule',
  method: 'POST',
  path: '/v1/schedules/{schedule}/pause',
  tag: 'Coordination',
  summary: 'Pause a schedule',
  permission: write,
  problems: ['not-found'],
  params,
  query,
  body: object({ reason: Type.Optional(Type.String({ maxLength: 2_000 })) }),
  responses: { 204: empty('It is paused. Running work continues.') },
  example: { params: { schedule: 'nightly' }, body: { reason: 'maintenance' } },
  async handler(
    { caller: { coordination } },
    { params: { schedule }, query: { group: of = 'default' }, body: { reason } },
  ) {
    await coordination.schedulesOf(of).pause(schedule, reason)
    return { status: 204 }
  },
})

export const resumeSchedule = defineOperation({
  id: 'coordination.resumeSchedule',
  method: 'POST',
  path: '/v1/schedules/{schedule}/resume',
  tag: 'Coordination',
  summary: 'Resume a schedule',
  permission: write,
  problems: ['not-found'],
  params,
  query,
  responses: { 204: empty('It goes on.') },
  example: { params: { schedule: 'nightly' } },
  async handler({ caller: { coordination } }, { params: { schedule }, query: { group: of = 'default' } }) {
    await coordination.schedulesOf(of).resume(schedule)
    return { status: 204 }
  },
})
