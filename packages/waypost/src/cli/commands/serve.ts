import { resolve } from 'node:path'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { isLoopback } from '../address.ts'
import { UsageError } from '../exit-codes.ts'
import { examples } from '../help.ts'
import { aborted, onInterrupt } from '../interrupt.ts'
import { parsePort } from '../parse-values.ts'
import { stackOf } from '../report-error.ts'
import { explainPortInUse } from '../serve/port-in-use.ts'
import { rootPassword } from '../serve/root-password.ts'
import { welcome } from '../serve/welcome.ts'
import { terminal } from '../terminal.ts'

interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly dataDir?: string
  readonly memory?: true
  readonly rootPasswordFile?: string
  readonly insecure?: true
}

const defaultDataDir = '.waypost'

export function define(command: Command): void {
  command
    .description('Run the embedded store: one process that speaks the etcd v3 API. Ctrl+C stops it.')
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 takes a free one', parsePort, 2379)
    .option('--data-dir <directory>', `where the data is kept (default: "./${defaultDataDir}")`)
    .option('--memory', 'keep nothing on disk: all is gone when it stops')
    .option(
      '--root-password-file <file>',
      'at the first start: create the user root with the password in this file, and ask everybody to log in ' +
        '(env: WAYPOST_ROOT_PASSWORD, ETCD_ROOT_PASSWORD)',
    )
    .option('--insecure', 'listen beyond this machine although nobody needs to log in')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      examples(
        ['waypost serve', ''],
        ['waypost serve --port 3379 --data-dir /var/lib/waypost', ''],
        ['waypost serve --memory', 'for tests'],
        ['waypost serve --host 0.0.0.0 --root-password-file ./password', 'for the network'],
      ),
    )
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const { host, port } = options
  if (options.memory && options.dataDir !== undefined) throw new UsageError('Give --memory or --data-dir, not both.')
  const password = rootPassword(options.rootPasswordFile)
  const dataDir = options.memory ? undefined : resolve(options.dataDir ?? defaultDataDir)
  using interrupt = onInterrupt()
  const { EmbeddedServer } = await import('@waypost/server')
  const server = await EmbeddedServer.start({
    host,
    port,
    dataDir,
    memory: options.memory,
    rootPassword: password,
    requireLogin: !isLoopback(host) && !options.insecure,
    onWarning,
  }).catch(async (error: unknown) => {
    if (WaypostError.is(error, 'failed-precondition')) throw openDoors(host)
    throw await explainPortInUse(error, { host, port })
  })
  terminal.write(welcome({ host: server.host, port: server.port, dataDir, loginNeeded: server.authEnabled }))
  await aborted(interrupt.signal)
  terminal.writeError('Stopping. Ctrl+C again stops at once.\n')
  await server.close()
}

function onWarning(message: string, error?: unknown): void {
  terminal.writeError(`${message}\n`)
  if (error !== undefined && process.env.WAYPOST_DEBUG === '1') terminal.writeError(`${stackOf(error)}\n`)
}

function openDoors(host: string): UsageError {
  return new UsageError(
    `On ${host} anybody who reaches this machine could read and write everything, as nobody needs to log in. ` +
      'Ask for a login with --root-password-file, or, when this store has users already, with `etcdctl auth enable`; ' +
      'or say --insecure.',
  )
}
