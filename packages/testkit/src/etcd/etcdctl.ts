import { patienceMs } from '../patience.ts'
import { Program, type ProgramExit, run } from '../process/program.ts'
import { findEtcdctl, findEtcdutl } from './find-etcd.ts'

export interface EtcdctlOptions {
  readonly stdin?: string | undefined
  /** Added to the environment, from which every `ETCDCTL_` variable is taken first. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Default 30,000. */
  readonly timeoutMs?: number | undefined
}

/** Runs etcdctl to its end. Its exit code is in the answer: a failure does not reject. */
export function runEtcdctl(
  endpoint: string,
  args: readonly string[],
  options: EtcdctlOptions = {},
): Promise<ProgramExit> {
  return run(etcdctlPath(), args, {
    env: environment(endpoint, options.env),
    stdin: options.stdin,
    timeoutMs: options.timeoutMs ?? patienceMs,
  })
}

/** Runs etcdutl, which reads and restores snapshots from 3.5 on; before, etcdctl did. */
export function runEtcdutl(args: readonly string[]): Promise<ProgramExit> {
  return run(findEtcdutl().path ?? etcdctlPath(), args, { env: environment('', undefined), timeoutMs: patienceMs })
}

/** Starts an etcdctl that goes on, such as `watch`. */
export function startEtcdctl(
  endpoint: string,
  args: readonly string[],
  options: EtcdctlOptions = {},
): Promise<Program> {
  return Program.start(etcdctlPath(), args, {
    env: environment(endpoint, options.env),
    stdin: options.stdin,
    keepStdinOpen: true,
  })
}

function etcdctlPath(): string {
  const { path, reason } = findEtcdctl()
  if (path === undefined) throw new Error(`There is no etcdctl to run: ${reason}.`)
  return path
}

function environment(endpoint: string, more: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('ETCDCTL_')) env[name] = value
  const patience = { ETCDCTL_DIAL_TIMEOUT: `${patienceMs}ms`, ETCDCTL_COMMAND_TIMEOUT: `${patienceMs}ms` }
  return { ...env, ...patience, ETCDCTL_ENDPOINTS: endpoint, ...more }
}
