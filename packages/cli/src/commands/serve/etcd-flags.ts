import { type Command, Option } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'

/** Why an option of etcd's server has no meaning here. */
type Reason = 'cluster' | 'engine' | 'outside' | 'go'

const reasons: Readonly<Record<Reason, string>> = {
  cluster: 'this store is one process, without members, elections or discovery',
  engine: 'this store keeps its data differently and needs no such setting',
  go: 'it is specific to Go programs',
  outside: 'the process manager, such as systemd or a container runtime, does this',
}

/** Options of etcd 3.7 that set how etcd works inside: a store does the same without them, so they are passed over. */
const ignored: Readonly<Record<string, Reason>> = {
  'wal-dir': 'engine',
  'snapshot-count': 'engine',
  'max-snapshots': 'engine',
  'max-wals': 'engine',
  'memory-mlock': 'engine',
  'backend-bbolt-freelist-type': 'engine',
  'backend-batch-interval': 'engine',
  'backend-batch-limit': 'engine',
  'bootstrap-defrag-threshold-megabytes': 'engine',
  'compaction-batch-limit': 'engine',
  'compaction-sleep-interval': 'engine',
  'compact-hash-check-time': 'engine',
  'corrupt-check-time': 'engine',
  'v2-deprecation': 'engine',
  'feature-gates': 'engine',
  'warning-apply-duration': 'engine',
  'grpc-keepalive-min-time': 'engine',
  'heartbeat-interval': 'cluster',
  'election-timeout': 'cluster',
  'initial-election-tick-advance': 'cluster',
  'pre-vote': 'cluster',
  'strict-reconfig-check': 'cluster',
  'initial-cluster-token': 'cluster',
  'discovery-fallback': 'cluster',
  'raft-read-timeout': 'cluster',
  'raft-write-timeout': 'cluster',
  'snapshot-catchup-entries': 'cluster',
  'max-learners': 'cluster',
  'downgrade-check-time': 'cluster',
  'listen-peer-urls': 'cluster',
  logger: 'engine',
  'enable-pprof': 'go',
  'self-signed-cert-validity': 'outside',
  'log-outputs': 'outside',
  'enable-log-rotation': 'outside',
  'log-rotation-config-json': 'outside',
}

/** Options of etcd 3.7 without which a store would not be what was asked for, so they are refused. */
const refused: Readonly<Record<string, Reason>> = {
  'initial-cluster': 'cluster',
  'initial-cluster-state': 'cluster',
  'force-new-cluster': 'cluster',
  discovery: 'cluster',
  'discovery-token': 'cluster',
  'discovery-endpoints': 'cluster',
  'discovery-dial-timeout': 'cluster',
  'discovery-request-timeout': 'cluster',
  'discovery-keepalive-time': 'cluster',
  'discovery-keepalive-timeout': 'cluster',
  'discovery-insecure-transport': 'cluster',
  'discovery-insecure-skip-tls-verify': 'cluster',
  'discovery-cert': 'cluster',
  'discovery-key': 'cluster',
  'discovery-cacert': 'cluster',
  'discovery-user': 'cluster',
  'discovery-password': 'cluster',
  'discovery-proxy': 'cluster',
  'discovery-srv': 'cluster',
  'discovery-srv-name': 'cluster',
  'peer-cert-file': 'cluster',
  'peer-key-file': 'cluster',
  'peer-client-cert-auth': 'cluster',
  'peer-client-cert-file': 'cluster',
  'peer-client-key-file': 'cluster',
  'peer-trusted-ca-file': 'cluster',
  'peer-cert-allowed-cn': 'cluster',
  'peer-cert-allowed-hostname': 'cluster',
  'peer-auto-tls': 'cluster',
  'peer-crl-file': 'cluster',
  'peer-skip-client-san-verification': 'cluster',
  'client-cert-file': 'cluster',
  'client-key-file': 'cluster',
  'unsafe-no-fsync': 'engine',
  'socket-reuse-port': 'outside',
  'socket-reuse-address': 'outside',
}

/** Options of etcd 3.7 that would have a meaning here and are not there. */
const missing: readonly string[] = [
  ...['listen-client-http-urls', 'listen-metrics-urls', 'metrics'],
  ...['client-crl-file', 'client-cert-allowed-hostname', 'auto-tls'],
  ...['cipher-suites', 'tls-min-version', 'tls-max-version'],
  ...['enable-distributed-tracing', 'distributed-tracing-address', 'distributed-tracing-service-name'],
  ...['distributed-tracing-instance-id', 'distributed-tracing-sampling-rate'],
]

/** The names of all options of etcd that do nothing here. */
export const etcdFlagsWithoutMeaning: readonly string[] = [...Object.keys(ignored), ...Object.keys(refused), ...missing]

/** Lets the command answer an option of etcd's with what became of it, instead of not knowing it. */
export function addEtcdFlags(command: Command): void {
  for (const name of etcdFlagsWithoutMeaning) command.addOption(new Option(`--${name} [value]`).hideHelp())
}

/** What these say is how this store is in any case: etcd's sample of a configuration file says it. */
const asItIs: Readonly<Record<string, string>> = { 'initial-cluster-state': 'new' }

/**
 * What is to be said about options that were given and are passed over, on the command line, in a variable or in a file
 * alike. Throws for those that cannot be passed over.
 *
 * @param origins where options that are not on the command line come from
 */
export function etcdFlagNotes(command: Command, origins: ReadonlyMap<string, string>): string[] {
  return etcdFlagsWithoutMeaning.flatMap((name) => {
    const value: unknown = command.getOptionValue(camelCase(name))
    if (value === undefined) return []
    const given = origins.get(name) ?? `--${name}`
    const reason = ignored[name]
    if (reason !== undefined) return [`${given} has no meaning here and is ignored: ${reasons[reason]}.`]
    return value === false || value === 'false' || value === asItIs[name] ? [] : refuse(name, given)
  })
}

function refuse(name: string, given: string): never {
  const reason = refused[name]
  throw new UsageError(
    reason === undefined
      ? `${given} is an option of etcd that this store does not have.`
      : `${given} is an option of etcd that has no meaning here: ${reasons[reason]}.`,
  )
}

/** Variables of etcd's are not read: `ETCD_DATA_DIR` means another data directory, in another format. */
export function etcdVariableNotes(options: readonly string[], env: NodeJS.ProcessEnv = process.env): string[] {
  const ours = new Set(options.map(variableOf))
  const known = new Set([...ours, ...etcdFlagsWithoutMeaning.map(variableOf)])
  return Object.keys(env).flatMap((variable) => {
    const name = variable.startsWith('ETCD_') ? variable.slice('ETCD_'.length) : ''
    if (!known.has(name) || variable === 'ETCD_ROOT_PASSWORD') return []
    return [`${variable} is not read.${ours.has(name) ? ` waypost serve reads WAYPOST_${name}.` : ''}`]
  })
}

function variableOf(option: string): string {
  return option.toUpperCase().replaceAll('-', '_')
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
