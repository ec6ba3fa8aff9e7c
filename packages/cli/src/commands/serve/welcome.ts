import { formatAddress } from '../../command-line/address.ts'
import { terminal } from '../../terminal/terminal.ts'

export interface WelcomeFacts {
  readonly host: string
  readonly port: number
  /** `undefined` when nothing is kept on disk. */
  readonly dataDir: string | undefined
  readonly loginNeeded: boolean
  /** Whether it serves over TLS, and whether clients must show certificates there. */
  readonly tls: 'none' | 'server' | 'mutual'
}

const defaultPort = 2379

/** What `serve` prints when it listens: everything in one glance. */
export function welcome(facts: WelcomeFacts): string {
  const { bold, dim, cyan } = terminal.colors
  const isTls = facts.tls !== 'none'
  const address = formatAddress({ host: reachableHost(facts.host), port: facts.port })
  const url = `${isTls ? 'https' : 'http'}://${address}`
  const certificates = facts.tls === 'mutual' ? ' --cert <file> --key <file>' : ''
  const name = process.env.npm_execpath ? 'npx waypost' : 'waypost'
  const isDefault = !isTls && facts.port === defaultPort && reachableHost(facts.host) === '127.0.0.1'
  const reach = isDefault ? '' : ` --endpoints ${url}${isTls ? ` --cacert <file>${certificates}` : ''}`
  const login = facts.loginNeeded ? ' --user root' : ''
  const command = (words: string): string => `  ${cyan(`${name} ${words}${reach}${login}`)}`
  return `${[
    `${bold('Waypost is ready.')} The etcd v3 API is on ${bold(url)}`,
    facts.host === reachableHost(facts.host)
      ? undefined
      : `  listens   on every address of this machine (${facts.host})`,
    `  data      ${facts.dataDir ?? 'in memory only: gone when it stops'}`,
    `  login     ${facts.loginNeeded ? 'needed' : 'not needed'}`,
    isTls ? '  TLS       on; SIGHUP reloads the certificates' : undefined,
    '',
    'Try next, in another terminal:',
    command('put /config/hello world'),
    command('watch --prefix /config/'),
    command('services --watch'),
    '',
    dim('Ctrl+C stops it.'),
  ]
    .filter((line) => line !== undefined)
    .join('\n')}\n`
}

/** A host to dial where the one listened on means "every address". */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}
