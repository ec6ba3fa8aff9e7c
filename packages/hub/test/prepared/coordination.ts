import type { Preparations, PreparedStore } from './prepare.ts'

async function session({ etcd }: PreparedStore): Promise<string> {
  const { id } = await etcd.leases.grant({ ttlSeconds: 60 })
  return String(id)
}

/** A lock that nobody has, and a session for it. */
async function freeLock(store: PreparedStore) {
  await store.etcd.kv.delete({ prefix: 'billing/' })
  return { params: { lock: 'billing' }, body: { session: await session(store) } }
}

async function heldLock(store: PreparedStore) {
  const example = await freeLock(store)
  const id = BigInt(example.body.session)
  await store.etcd.kv.put(`billing/${id.toString(16)}`, '', { lease: id })
  return example
}

async function candidate(store: PreparedStore) {
  await store.etcd.kv.delete({ prefix: 'scheduler/' })
  const id = BigInt(await session(store))
  await store.etcd.kv.put(`scheduler/${id.toString(16)}`, '', { lease: id })
  return { params: { election: 'scheduler' }, body: { session: String(id) } }
}

async function aJob({ coordination }: PreparedStore): Promise<void> {
  await coordination.queue('mail').add({ to: 'ada@example.org' }, { id: 'a', delayMs: 3_600_000 })
}

async function aSchedule({ coordination }: PreparedStore): Promise<void> {
  await coordination.schedules.put('nightly', { cron: '0 3 * * *', queue: 'reports' }, { takePart: false })
}

export const coordination: Preparations = {
  'coordination.acquire': freeLock,
  'coordination.release': heldLock,
  'coordination.campaign': async (store) => {
    const { params } = await candidate(store)
    return { params, body: { session: await session(store) } }
  },
  'coordination.proclaim': async (store) => {
    const { params, body } = await candidate(store)
    return { params, body: { ...body, value: 'ready' } }
  },
  'coordination.resign': candidate,
  'coordination.job': aJob,
  'coordination.retryJob': aJob,
  'coordination.removeJob': aJob,
  'coordination.schedule': aSchedule,
  'coordination.deleteSchedule': aSchedule,
  'coordination.trigger': aSchedule,
  'coordination.pauseSchedule': aSchedule,
  'coordination.resumeSchedule': aSchedule,
}
