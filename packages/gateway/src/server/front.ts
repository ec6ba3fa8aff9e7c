import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { Exchange } from '../proxy/exchange.ts'
import type { ClosedConnection, GatewayCore } from '../proxy/gateway-core.ts'
import { clientCertificate } from './client-certificate.ts'
import type { ClientConnection } from './client-connection.ts'
import { DirectSocket } from './direct-socket.ts'
import type { FrontOptions } from './front-options.ts'
import type { Http1Downstream } from './http1/downstream.ts'
import { headersObject } from './http1/headers-object.ts'
import { refusalRecord } from './http1/refusal.ts'
import type { RequestHead } from './http1/request-head.ts'
import { Http1Server } from './http1/server.ts'
import { Http2Downstream } from './http2-downstream.ts'
import { NodeDownstream } from './node-downstream.ts'
import { firstBytes, type Opening } from './opening.ts'
import { UpgradeDownstream } from './upgrade-downstream.ts'
import { withoutUpgrade } from './without-upgrade.ts'

/** What clients speak to: HTTP/1.1 and HTTP/2, with and without TLS, on whatever connections it is given. */
export class Front {
  readonly #core: GatewayCore
  readonly #options: FrontOptions
  readonly #http1: Http1Server
  readonly #http2: Http2Server
  readonly #tls: TlsServer | undefined
  readonly #connections = new WeakMap<Duplex, ClientConnection>()
  readonly #sessionConnections = new WeakMap<Http2Session, ClientConnection>()
  /** By the address and port of the other end: what the PROXY protocol said of a connection. */
  readonly #addresses = new Map<string, string>()
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(core: GatewayCore, options: FrontOptions) {
    this.#core = core
    this.#options = options
    this.#http1 = this.#newHttp1()
    this.#http2 = this.#newHttp2()
    this.#tls = options.tls && this.#newTls(options.tls)
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Takes a connection that was accepted elsewhere. */
  accept(accepted: Socket): void {
    if (this.#sockets.size >= this.#options.limits.maxConnections) {
      this.#closed('too-many')
      accepted.destroy()
      return
    }
    // TLS reads by itself.
    const socket = (this.#tls === undefined ? DirectSocket.takeOver(accepted) : undefined) ?? accepted
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // Until a server takes it over: who goes away now is missed by nobody.
    socket.on('error', () => {})
    socket.setNoDelay(true)
    const { headersTimeoutMs } = this.#options.limits
    const { proxyProtocol, tls } = this.#options
    firstBytes(
      socket,
      { proxyProtocol, tls: tls !== undefined, timeoutMs: headersTimeoutMs },
      (opening) => this.#open(socket, opening),
      (reason) => this.#closed(reason),
    )
  }

  /** Answers one request of somebody else's HTTP/1.1 server. */
  request(request: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    const connection = this.#connectionOf(request.socket)
    Exchange.begin(this.#core, new NodeDownstream(connection, request, response, expectsContinue))
  }

  /** Answers a request of somebody else's server for another protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, first: Buffer): void {
    // Clients offer HTTP/2 in this way, too, and take an ordinary answer for a no.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket' && socket instanceof Socket) {
      socket.unshift(Buffer.concat([withoutUpgrade(request), first]))
      this.#http1.accept(this.#connectionOf(socket), socket)
      return
    }
    Exchange.begin(this.#core, new UpgradeDownstream(this.#connectionOf(socket), request, socket, first))
  }

  /** Tells clients to open no more requests on their connections. Those that are idle stay open until `closeIdle`. */
  goAway(): void {
    for (const session of this.#sessions) if (!session.destroyed) session.goaway(0, 2 ** 31 - 1)
  }

  /** Closes connections without a request; the others close after theirs. */
  closeIdle(): void {
    this.#http1.closeIdle()
    for (const session of this.#sessions) session.close()
  }

  /** Ends all connections at once. */
  destroy(): void {
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    this.#http1.destroy()
  }

  #closed(reason: ClosedConnection): void {
    this.#core.observer.closed?.(reason)
  }

  #open(socket: Socket, { protocol, clientAddress }: Opening): void {
    if (clientAddress !== undefined) {
      const peer = peerOf(socket)
      this.#addresses.set(peer, clientAddress)
      socket.once('close', () => this.#addresses.delete(peer))
    }
    if (protocol === 'tls') this.#tls?.emit('connection', socket)
    else if (protocol === 'http2') this.#http2.emit('connection', socket)
    else this.#http1.accept(this.#connectionOf(socket), socket)
  }

  #connectionOf(socket: Duplex): ClientConnection {
    let connection = this.#connections.get(socket)
    if (connection === undefined) {
      const isEncrypted = 'encrypted' in socket && socket.encrypted === true
      const peer = socket instanceof Socket ? (socket.remoteAddress ?? '') : ''
      const address = peer.startsWith('::ffff:') ? peer.slice(7) : peer
      const isTrusted = this.#core.proxies.has(address)
      connection = {
        remoteAddress: (socket instanceof Socket ? this.#addresses.get(peerOf(socket)) : undefined) ?? address,
        isEncrypted,
        isTrusted,
        certificate: isEncrypted ? clientCertificate(socket) : undefined,
      }
      this.#connections.set(socket, connection)
    }
    return connection
  }

  #newHttp1(): Http1Server {
    const core = this.#core
    return new Http1Server(
      this.#options.limits,
      {
        request: (downstream: Http1Downstream) => Exchange.begin(core, downstream),
        upgrade: (connection: ClientConnection, head: RequestHead, socket: Socket, first: Buffer) => {
          const { method, target: url, rawHeaders } = head
          const request = { method, url, rawHeaders, headers: headersObject(rawHeaders) }
          Exchange.begin(core, new UpgradeDownstream(connection, request, socket, first))
        },
        refused: (connection: ClientConnection, status: number, durationMs: number) => {
          const requestId = core.newRequestId()
          core.observer.end(refusalRecord({ requestId, connection, status, durationMs }))
          return requestId
        },
        unread: (reason: ClosedConnection) => this.#closed(reason),
      },
      core.clock,
    )
  }

  #newHttp2(): Http2Server {
    const { maxHeaderBytes, maxStreams, keepAliveMs } = this.#options.limits
    const server = createHttp2Server({
      settings: { maxConcurrentStreams: maxStreams, maxHeaderListSize: maxHeaderBytes, enableConnectProtocol: false },
      maxHeaderListPairs: 200,
    })
    server.on('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      session.on('error', () => {})
      session.setTimeout(keepAliveMs, () => session.close())
    })
    server.on('sessionError', () => this.#closed('http2'))
    server.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: readonly string[] = []) => {
        const socket = stream.session?.socket
        if (socket === undefined) return
        const connection = this.#http2ConnectionOf(stream.session, socket)
        Exchange.begin(this.#core, new Http2Downstream(connection, stream, headers, raw, (flags & 1) !== 0))
      },
    )
    return server
  }

  /** The socket of a session is a proxy object, another one for each access. */
  #http2ConnectionOf(session: Http2Session | undefined, socket: Duplex): ClientConnection {
    if (session === undefined) return this.#connectionOf(socket)
    let connection = this.#sessionConnections.get(session)
    if (connection === undefined) {
      connection = this.#connectionOf(socket)
      this.#sessionConnections.set(session, connection)
    }
    return connection
  }

  #newTls(tls: NonNullable<FrontOptions['tls']>): TlsServer {
    const { clientCa } = tls
    const server = createTlsServer({
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: this.#options.limits.headersTimeoutMs,
      minVersion: 'TLSv1.2',
      ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
      SNICallback: (name, callback) => callback(null, tls.contextFor(name)),
    })
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {})
      if (socket.alpnProtocol === 'h2') this.#http2.emit('connection', socket)
      else this.#http1.accept(this.#connectionOf(socket), socket)
    })
    server.on('tlsClientError', (_error, socket) => {
      this.#closed('tls')
      socket.destroy()
    })
    return server
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
