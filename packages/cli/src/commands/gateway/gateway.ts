import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'
import { parsePort, parseUrls } from '../../command-line/parse-values.ts'
import { applySettings } from '../serve/serve-settings.ts'
import type { GatewayCommandOptions } from './gateway-command-options.ts'

export function define(command: Command): void {
  command
    .description(
      'Run the gateway: a reverse proxy that follows the routes in the configuration and the instances in the registry. ' +
        'SIGHUP reloads the certificates and replaces the worker processes one by one; SIGTERM drains and stops.',
    )
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 takes a free one', parsePort, 8080)
    .option('--admin-port <port>', 'metrics and status, on loopback; 0 takes a free one', parsePort, 8380)
    .option('--routes <path>', 'the document with the routes', 'gateway/routes.yaml')
    .option('--workers <count>', 'worker processes; auto: one per processor', parseWorkers, 1)
    .option('--zone <zone>', 'the zone of the gateway: instances there are preferred')
    .option('--snapshot-dir <directory>', 'where the last good routes are kept, to start without the store')
    .option('--cert-file <files>', 'serve over TLS with the certificates in these PEM files', parseUrls)
    .option('--key-file <files>', "the certificates' private keys, in the same order", parseUrls)
    .option('--certificates <path>', 'a configuration document with certificates, followed live')
    .option('--client-ca-file <file>', 'the authorities that sign the certificates of clients')
    .option('--trusted-proxies <addresses>', 'proxies in front whose X-Forwarded-* headers are trusted', parseUrls)
    .option('--proxy-protocol', 'every connection begins with a PROXY header')
    .option('--access-log [share]', 'write a line of JSON for this share of the requests', parseShare)
    .option('--traces', 'make a span of every request, by the OpenTelemetry SDK that NODE_OPTIONS=--import loads')
    .option('--drain-timeout <ms>', 'time limit for requests in flight at shutdown', parseMilliseconds, 60_000)
    .option('--config <file>', 'options from a YAML file; also WAYPOST_<OPTION>')
    .addHelpText(
      'after',
      examples(
        ['waypost gateway', 'on http://127.0.0.1:8080'],
        ['waypost gateway --host 0.0.0.0 --port 443 --cert-file shop.pem --key-file shop.key --workers auto', ''],
        ['waypost gateway top', 'what it does now'],
      ),
    )
    .action(run)
  addCommands(command, [
    { name: 'top', summary: 'show live figures of routes and instances', load: () => import('./top.ts') },
    { name: 'check', summary: 'check a file with routes', load: () => import('./check.ts') },
    { name: 'explain', summary: 'show which route takes a request, and why', load: () => import('./explain.ts') },
    { name: 'new-key', summary: 'create an API key and its hash', load: () => import('./new-key.ts') },
    { name: 'hash-password', summary: 'hash a password for a policy', load: () => import('./hash-password.ts') },
  ])
}

async function run(given: GatewayCommandOptions, command: Command): Promise<void> {
  await applySettings(command, given.config)
  const { runGateway } = await import('./run-gateway.ts')
  const options = command.optsWithGlobals<GatewayCommandOptions>()
  await runGateway(options)
}

function parseWorkers(text: string): number {
  if (text === 'auto') return availableParallelism()
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count
  throw new InvalidArgumentError('It is a number from 1 to 256, or auto.')
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('It is a share from 0 to 1.')
}

function parseMilliseconds(text: string): number {
  const milliseconds = Number(text)
  if (text !== '' && Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds
  throw new InvalidArgumentError('It is a number of milliseconds.')
}
