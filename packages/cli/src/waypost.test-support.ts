import { Program, type ProgramExit, run } from '@waypost/testkit'
import { packedPackages } from '../../../scripts/packed.js'

/** The command line as it is published, which starts in half the time. */
export const { bin } = await packedPackages()

export interface WaypostOptions {
  readonly stdin?: string | undefined
  readonly cwd?: string | undefined
  /** Added to the environment, from which every variable that the command line reads is taken first. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** Runs the command line to its end. */
export function waypost(args: readonly string[], options: WaypostOptions = {}): Promise<ProgramExit> {
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
