import { dirname, join } from 'node:path'
import { Program, type ProgramExit, run } from '@waypost/testkit'
import { packedPackages } from '../../../scripts/packed.js'
import { runInHost } from './command-host.test-support.ts'

/** The command line as it is published, which starts in half the time. */
export const { bin } = await packedPackages()

const entryPoint = join(dirname(bin), '..', 'dist', 'index.js')

/** Those of the others that are run to their end start programs, serve, or open the files of a store. */
const asking = new Set([
  ...['get', 'put', 'del', 'txn', 'lease', 'compact', 'compaction', 'defrag', 'endpoint', 'status', 'member', 'alarm'],
  ...['move-leader', 'user', 'role', 'auth', 'access', 'audit', 'webhook', 'timeline', 'services', 'config', 'queue'],
  ...['schedule', 'context', 'doctor', 'completion', 'help'],
])
const startingPrograms = /^(config edit|queue work)$/

function asks([first = '', second = '']: readonly string[]): boolean {
  return asking.has(first) && !startingPrograms.test(`${first} ${second}`)
}

export interface WaypostOptions {
  readonly stdin?: string | undefined
  readonly cwd?: string | undefined
  /** Added to the environment, from which every variable that the command line reads is taken first. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** Runs the command line to its end: in a process that many commands share, where they ask a store and print. */
export function waypost(args: readonly string[], options: WaypostOptions = {}): Promise<ProgramExit> {
  return asks(args)
    ? runInHost(entryPoint, { args, ...options, env: environment(options.env) })
    : waypostAlone(args, options)
}

/** Runs the command line to its end in a process of its own, for a test of how it starts or ends. */
export function waypostAlone(args: readonly string[], options: WaypostOptions = {}): Promise<ProgramExit> {
  return run(process.execPath, [bin, ...args], { ...options, env: environment(options.env) })
}

/** Starts a command that goes on, such as `serve` or `watch`. */
export function startWaypost(args: readonly string[], options: WaypostOptions = {}): Promise<Program> {
  return Program.start(process.execPath, [bin, ...args], { ...options, env: environment(options.env) })
}

const read = /^(WAYPOST_|ETCDCTL_|ETCD_|npm_|FORCE_COLOR|NO_COLOR)/

function environment(more: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) if (!read.test(name)) env[name] = value
  // Nobody's own contexts; and a hub only where a test is about it.
  return { ...env, XDG_CONFIG_HOME: '/nonexistent', WAYPOST_NO_HUB: 'true', ...more }
}
