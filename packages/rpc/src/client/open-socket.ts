import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { pem, pemList } from '../pem.ts'
import type { RpcConnectionOptions } from './connection-options.ts'

/**
 * Begins to connect to the host of an `http://` or `https://` URL. What is written goes out at once: a frame that
 * waited for the acknowledgement of the one before would wait 40 ms.
 */
export function openSocket(url: URL, tls: RpcConnectionOptions['tls']): Socket {
  return connect(url, tls).setNoDelay(true)
}

function connect(url: URL, given: RpcConnectionOptions['tls']): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (url.protocol === 'http:') return connectTcp({ host, port: Number(url.port || 80) })
  const tls = typeof given === 'function' ? given() : given
  const servername = tls?.servername ?? (isIP(host) === 0 ? host : undefined)
  const { connect: connectTls } = process.getBuiltinModule('node:tls')
  return connectTls({
    host,
    port: Number(url.port || 443),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: tls?.rejectUnauthorized ?? true,
    ...(servername === undefined ? {} : { servername }),
    ...(tls?.ca === undefined ? {} : { ca: pemList(tls.ca) }),
    ...(tls?.cert === undefined ? {} : { cert: pem(tls.cert) }),
    ...(tls?.key === undefined ? {} : { key: pem(tls.key) }),
  })
}
