import type { Address } from '../../command-line/address.ts'
import { UsageError } from '../../command-line/exit-codes.ts'

/** Where `--listen-client-urls` says to listen. etcd takes several; this store listens in one place. */
export function listenAddress(urls: readonly string[], tls: boolean): Address {
  const [text = '', ...more] = urls
  if (more.length > 0)
    throw new UsageError('--listen-client-urls takes one URL here: 0.0.0.0 listens on all addresses.')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.port === '')
    throw new UsageError(`--listen-client-urls is a URL with a port such as http://127.0.0.1:2379, not \`${text}\`.`)
  if ((url.protocol === 'https:') !== tls)
    throw new UsageError('--listen-client-urls begins with https when --cert-file is given, and with http otherwise.')
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}
