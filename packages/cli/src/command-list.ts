import type { CommandEntry } from './command-line/commands.ts'

const server = 'Server:'
const upkeep = 'Maintenance:'
const keys = 'Keys and leases:'
const access = 'Users and rights:'
const services = 'Services and configuration:'
const coordination = 'Queues and schedules:'

export const commandList: readonly CommandEntry[] = [
  { name: 'serve', group: server, summary: 'run the embedded store', load: () => import('./commands/serve/serve.ts') },
  {
    name: 'hub',
    group: server,
    summary: 'serve the HTTP API of a store',
    load: () => import('./commands/hub/hub.ts'),
  },
  {
    name: 'gateway',
    group: server,
    summary: 'run a reverse proxy that follows the registry',
    load: () => import('./commands/gateway/gateway.ts'),
  },
  { name: 'status', group: server, summary: 'show the status of stores', load: () => import('./commands/status.ts') },
  {
    name: 'doctor',
    group: server,
    summary: 'check a store for problems, with advice',
    load: () => import('./commands/doctor/doctor.ts'),
  },
  {
    name: 'context',
    group: server,
    summary: 'name stores, and choose one',
    load: () => import('./commands/context/context.ts'),
  },
  { name: 'put', group: keys, summary: 'write a key', load: () => import('./commands/put.ts') },
  { name: 'get', group: keys, summary: 'read a key or a range of keys', load: () => import('./commands/get.ts') },
  { name: 'del', group: keys, summary: 'delete a key or a range of keys', load: () => import('./commands/del.ts') },
  { name: 'watch', group: keys, summary: 'follow changes of keys', load: () => import('./commands/watch.ts') },
  {
    name: 'txn',
    group: keys,
    summary: 'run several operations in one transaction',
    load: () => import('./commands/txn/txn.ts'),
  },
  {
    name: 'lock',
    group: keys,
    summary: 'hold a lock, or run a command under it',
    load: () => import('./commands/lock.ts'),
  },
  {
    name: 'elect',
    group: keys,
    summary: 'take part in an election, or watch it',
    load: () => import('./commands/elect.ts'),
  },
  {
    name: 'lease',
    group: keys,
    summary: 'grant, list and end leases',
    load: () => import('./commands/lease/lease.ts'),
  },
  {
    name: 'compact',
    alias: 'compaction',
    group: keys,
    summary: 'delete the history before a revision',
    load: () => import('./commands/compact.ts'),
  },
  {
    name: 'services',
    group: services,
    summary: 'list services, or the instances of one',
    load: () => import('./commands/services/services.ts'),
  },
  {
    name: 'register',
    group: services,
    summary: 'register an instance while this, or a command, runs',
    load: () => import('./commands/register/register.ts'),
  },
  {
    name: 'config',
    group: services,
    summary: 'read, write and follow configuration',
    load: () => import('./commands/config/config.ts'),
  },
  {
    name: 'queue',
    group: coordination,
    summary: 'inspect and repair queues of jobs',
    load: () => import('./commands/queue/queue.ts'),
  },
  {
    name: 'schedule',
    group: coordination,
    summary: 'inspect, change and trigger schedules',
    load: () => import('./commands/schedule/schedule.ts'),
  },
  {
    name: 'timeline',
    group: services,
    summary: 'show what happened, and the state at a moment',
    load: () => import('./commands/timeline/timeline.ts'),
  },
  {
    name: 'webhook',
    group: services,
    summary: 'send events to other programs and chats',
    load: () => import('./commands/webhook/webhook.ts'),
  },
  { name: 'audit', group: services, summary: 'show who did what', load: () => import('./commands/audit/audit.ts') },
  {
    name: 'access',
    group: access,
    summary: 'grant and explain what users may do',
    load: () => import('./commands/access/access.ts'),
  },
  {
    name: 'auth',
    group: access,
    summary: 'turn authentication on or off',
    load: () => import('./commands/auth/auth.ts'),
  },
  {
    name: 'user',
    group: access,
    summary: 'manage users and their roles',
    load: () => import('./commands/user/user.ts'),
  },
  {
    name: 'role',
    group: access,
    summary: 'manage roles and their permissions',
    load: () => import('./commands/role/role.ts'),
  },
  {
    name: 'snapshot',
    group: upkeep,
    summary: 'save the store to a file, or inspect such a file',
    load: () => import('./commands/snapshot/snapshot.ts'),
  },
  {
    name: 'restore',
    group: upkeep,
    summary: 'create a data directory from a snapshot',
    load: () => import('./commands/snapshot/restore.ts'),
  },
  {
    name: 'mirror',
    group: upkeep,
    summary: 'copy keys to another store, and keep following',
    load: () => import('./commands/mirror/mirror.ts'),
  },
  {
    name: 'endpoint',
    group: upkeep,
    summary: 'show status, health and hashes of endpoints',
    load: () => import('./commands/endpoint/endpoint.ts'),
  },
  { name: 'defrag', group: upkeep, summary: 'release disk space', load: () => import('./commands/defrag.ts') },
  { name: 'alarm', group: upkeep, summary: 'list and disarm alarms', load: () => import('./commands/alarm/alarm.ts') },
  {
    name: 'member',
    group: upkeep,
    summary: 'list and change the members',
    load: () => import('./commands/member/member.ts'),
  },
  {
    name: 'move-leader',
    group: upkeep,
    summary: 'transfer leadership to another member',
    load: () => import('./commands/move-leader.ts'),
  },
  {
    name: 'check',
    group: upkeep,
    summary: 'test how much load a store can take',
    load: () => import('./commands/check/check.ts'),
  },
  {
    name: 'completion',
    group: upkeep,
    summary: 'print a shell completion script',
    load: () => import('./commands/completion/completion.ts'),
  },
]
