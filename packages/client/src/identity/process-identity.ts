import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { invalidArgument, quoted } from '@waypost/core'

/** Who this process is: in the registry, the configuration, canaries, the audit and logs alike. */
export interface ProcessIdentity {
  /**
   * The stable name of the instance. Canaries are assigned by it, so it should be the same after a restart, and another
   * one for each process that runs beside it.
   */
  readonly instance: string
  /** Unique to this run: `<instance>-<random>`. */
  readonly process: string
  readonly host: string
  readonly pid: number
}

type Environment = Readonly<Record<string, string | undefined>>

const maxNameLength = 200

/**
 * The identity of this process. `instance` is what is given, else `WAYPOST_INSTANCE`, else it is derived:
 *
 * - in a container (`KUBERNETES_SERVICE_HOST` is set, or the process has the id 1): the host's name, such as `web-0`;
 * - else the host's name with `NODE_APP_INSTANCE` (set by pm2) or `PORT` when the environment has it, so that a restart
 *   keeps the name;
 * - else the host's name with the process id: unique on the host, but another one after a restart.
 *
 * Throws `invalid-argument` for a name that cannot be a part of a key.
 */
export function processIdentity(given?: string, env: Environment = process.env, pid = process.pid): ProcessIdentity {
  const host = hostname()
  const instance = given ?? (env.WAYPOST_INSTANCE || derivedName(host, env, pid))
  if (instance === '' || instance.length > maxNameLength || /[/\p{Cc}\p{Cs}]/u.test(instance)) {
    throw invalidArgument(
      `The instance's name must be 1 to ${maxNameLength} characters without slashes and control characters, not ${quoted(instance)}.`,
    )
  }
  return Object.freeze({ instance, process: `${instance}-${randomBytes(4).toString('hex')}`, host, pid })
}

function derivedName(host: string, env: Environment, pid: number): string {
  const name = host.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 150) || 'host'
  if (env.KUBERNETES_SERVICE_HOST || pid === 1) return name
  const place = [env.NODE_APP_INSTANCE, env.PORT].find((value) => value !== undefined && /^[\w.-]{1,40}$/.test(value))
  return `${name}-${place ?? pid}`
}
