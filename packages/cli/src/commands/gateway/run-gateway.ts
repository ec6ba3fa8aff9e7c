import { messageOf, WaypostError } from '@waypost/core'
import type { AdminServer, CertificatePair, GatewayWorkers } from '@waypost/gateway'
import { UsageError } from '../../command-line/exit-codes.ts'
import { storeOptions } from '../../store/store-options.ts'
import { onHangUp } from '../../terminal/hang-up.ts'
import { aborted, onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { CertificateFiles, read } from './certificate-files.ts'
import type { GatewayCommandOptions } from './gateway-command-options.ts'
import { StoredCertificates } from './stored-certificates.ts'

/** How long the store may take for the routes at the start, unless `--timeout` says otherwise. */
const startTimeoutMs = 30_000

/** Runs a gateway until Ctrl+C or SIGTERM. */
export async function runGateway(options: GatewayCommandOptions): Promise<void> {
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  const [{ connect }, { AdminServer, Announcer, announcedCounts, GatewayWorkers }] = await Promise.all([
    import('waypost'),
    import('@waypost/gateway'),
  ])
  const { timeoutMs = startTimeoutMs, ...store } = await storeOptions(options)
  await using waypost = await connect({
    ...store,
    env: {},
    registry: { app: 'gateway', snapshotDir: options.snapshotDir },
  })
  await using stored =
    options.certificates === undefined
      ? undefined
      : await StoredCertificates.open(waypost.config, options.certificates, timeoutMs)
  using files = await CertificateFiles.open(options)
  if (files && stored) throw new UsageError('--cert-file and --certificates do not go together.')
  const certificates = files?.pairs ?? stored?.pairs
  await using gateway = await GatewayWorkers.start({
    waypost,
    routes: options.routes,
    timeoutMs,
    workers: options.workers,
    port: options.port,
    host: options.host,
    zone: options.zone,
    snapshotDir: options.snapshotDir,
    tls: await tlsOf(options, certificates),
    trustedProxies: options.trustedProxies,
    proxyProtocol: options.proxyProtocol,
    accessLogSample: options.accessLog === undefined ? undefined : Number(options.accessLog),
    drainTimeoutMs: options.drainTimeout,
    traces: options.traces,
    onNotice: note,
  })
  await using admin = await startAdmin(() => AdminServer.start(gateway, options.adminPort), options.adminPort)
  const announcer = new Announcer({
    etcd: waypost.etcd,
    read: async () => announcedCounts(await gateway.status()),
    zone: options.zone,
    onNotice: note,
  })
  using _hangUp = onHangUp(() => void renew(gateway, files))
  const use = (pairs: CertificatePair[]): void => gateway.replaceCertificates(pairs)
  const onError = (error: unknown): void => note(`The old certificates stay in use. ${messageOf(error)}`)
  void stored?.follow(use, onError)
  files?.follow(use, onError)
  terminal.write(welcome(gateway, admin, options, certificates !== undefined))
  await aborted(interrupt.signal)
  terminal.writeError('Draining. Ctrl+C again stops at once.\n')
  admin.leave()
  await announcer.close()
  await gateway.drain({ timeoutMs: options.drainTimeout + 1_000 })
}

async function tlsOf(
  options: GatewayCommandOptions,
  certificates: CertificatePair[] | undefined,
): Promise<{ certificates: CertificatePair[]; clientCa: Buffer | undefined } | undefined> {
  const { clientCaFile } = options
  if (certificates === undefined) {
    if (clientCaFile !== undefined) throw new UsageError('--client-ca-file needs --cert-file or --certificates.')
    return undefined
  }
  return {
    certificates,
    clientCa: clientCaFile === undefined ? undefined : await read('--client-ca-file', clientCaFile),
  }
}

async function startAdmin(start: () => Promise<AdminServer>, port: number): Promise<AdminServer> {
  try {
    return await start()
  } catch (error) {
    throw new WaypostError('port-in-use', `The admin port ${port} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** At SIGHUP: what is in files is read again, and the workers run the code that is installed by now. */
async function renew(gateway: GatewayWorkers, files: CertificateFiles | undefined): Promise<void> {
  try {
    const certificates = await files?.changed()
    if (certificates) gateway.replaceCertificates(certificates)
    await gateway.replace()
    note('The workers were replaced.')
  } catch (error) {
    note(messageOf(error))
  }
}

function note(message: string): void {
  terminal.writeError(`${message}\n`)
}

function welcome(gateway: GatewayWorkers, admin: AdminServer, options: GatewayCommandOptions, isTls: boolean): string {
  const { bold, dim } = terminal.colors
  const host = options.host === '0.0.0.0' || options.host === '::' ? '127.0.0.1' : options.host
  const url = `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${gateway.port}`
  return `${[
    `${bold('The gateway is ready.')} It listens on ${bold(url)}`,
    `  routes    ${options.routes}`,
    `  workers   ${options.workers}`,
    `  status    http://127.0.0.1:${admin.port}/status, /metrics`,
    '',
    dim('Ctrl+C stops it.'),
  ].join('\n')}\n`
}
