import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import { type Deferred, deferred } from '@waypost/core'
import { Deadlines } from '../deadlines.ts'
import { pem, pemList } from '../pem.ts'
import { Http1 } from './http1.ts'
import { PlainHttp2 } from './plain-http2.ts'
import { sniffProtocol } from './protocol-sniffer.ts'
import { Routes } from './routes.ts'
import {
  type ResolvedServerOptions,
  type RpcServerOptions,
  type RpcServerTlsOptions,
  resolveServerOptions,
} from './server-options.ts'
import { Session, type SessionOwner } from './session.ts'

export interface RpcServerCloseOptions {
  /** How long what runs may go on, in milliseconds. Default 1,000. */
  readonly graceMs?: number | undefined
  /** How long connections of HTTP/1.1 without a request are kept before that, in milliseconds. Default 0. */
  readonly drainMs?: number | undefined
}

/** Serves gRPC over HTTP/2, and HTTP/1.1, on one port. */
export class RpcServer {
  readonly #options: ResolvedServerOptions
  readonly #deadlines: Deadlines
  readonly #server: TcpServer
  readonly #tlsServer: TlsServer | undefined
  readonly #http1: Http1
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<Session | PlainHttp2>()
  readonly #owner: SessionOwner
  /** Connections that have not said yet what they speak. */
  readonly #unknown = new Set<Socket>()
  readonly #emptied: Deferred<void> = deferred()
  #closing: Promise<void> | undefined

  constructor(options: RpcServerOptions) {
    this.#options = resolveServerOptions(options)
    this.#deadlines = new Deadlines(this.#options.clock)
    this.#owner = {
      routes: new Routes(options.handlers),
      options: this.#options,
      deadlines: this.#deadlines,
      sessionClosed: (session) => this.#sessions.delete(session),
      handOver: (socket, handover) =>
        this.#add(new PlainHttp2(socket, handover, this.#options, (session) => this.#sessions.delete(session))),
    }
    this.#http1 = new Http1(this.#options)
    const onSocket = (socket: Socket): void => this.#greet(socket)
    if (options.tls) {
      const { createServer } = process.getBuiltinModule('node:tls')
      const server = createServer(tlsOptions(options.tls, this.#options.prefaceTimeoutMs), onSocket)
      server.on('tlsClientError', (error, socket) => {
        const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`
        if (socket.remoteAddress !== undefined)
          this.#options.onConnectionEnd({ kind: 'tls', peer, reason: error.message })
        socket.destroy()
      })
      this.#server = server
      this.#tlsServer = server
    } else {
      this.#server = createTcpServer({ noDelay: true }, onSocket)
    }
    this.#server.on('connection', (socket: Socket) => this.#track(socket))
  }

  /** Port 0 takes a free one; the answer says which. Rejects with node's error, for example of code EADDRINUSE. */
  listen(options: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: options.host, port: options.port }, () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        if (address === null || typeof address === 'string') reject(new Error('The server has no port.'))
        else resolve({ host: address.address, port: address.port })
      })
    })
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size
  }

  /**
   * Connections made from now on get these certificates. Throws node's error, and changes nothing, when they cannot be
   * used together. Whether clients must show one stays as it was.
   */
  replaceCertificates(tls: RpcServerTlsOptions): void {
    if (!this.#tlsServer) throw new Error('The server was started without TLS.')
    this.#tlsServer.setSecureContext(secureContext(tls))
  }

  /**
   * Takes no new calls, ends streams with UNAVAILABLE, waits up to `graceMs` (default 1,000) for unary calls and HTTP
   * requests, then cuts what is left. With `drainMs` (default 0) connections of HTTP/1.1 are first served for so long,
   * and told with each answer that it is the last one. Resolves when no connection is left. Idempotent.
   */
  close(options: RpcServerCloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options)
    return this.#closing
  }

  async #close({ graceMs = 1_000, drainMs = 0 }: RpcServerCloseOptions): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.close()
    if (drainMs > 0) await this.#http1.drain(drainMs, this.#options.clock)
    this.#http1.close()
    for (const socket of this.#unknown) socket.destroy()
    const timer = this.#options.clock.after(graceMs, () => this.#cut())
    await closed
    if (this.#sockets.size > 0) await this.#emptied.promise
    timer.cancel()
    this.#deadlines.close()
  }

  #cut(): void {
    for (const session of this.#sessions) session.destroy()
    this.#http1.destroy()
    for (const socket of this.#sockets) socket.destroy()
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (this.#closing && this.#sockets.size === 0) this.#emptied.resolve()
    })
  }

  #greet(socket: Socket): void {
    if (!this.#sockets.has(socket)) this.#track(socket)
    socket.on('error', () => socket.destroy())
    this.#unknown.add(socket)
    socket.on('close', () => this.#unknown.delete(socket))
    sniffProtocol(socket, this.#options.clock, this.#options.prefaceTimeoutMs, (protocol, seen) => {
      this.#unknown.delete(socket)
      if (protocol === 'h2') {
        const session = new Session(socket, this.#owner, seen)
        if (!session.isOpen) return
        this.#add(session)
        socket.resume()
      } else {
        this.#http1.serve(socket, seen)
      }
    })
  }

  #add(session: Session | PlainHttp2): void {
    this.#sessions.add(session)
    if (this.#closing) session.close()
  }
}

function tlsOptions(tls: RpcServerTlsOptions, handshakeTimeoutMs: number) {
  return {
    ...secureContext(tls),
    requestCert: tls.requestCert ?? false,
    rejectUnauthorized: tls.requestCert ?? false,
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: handshakeTimeoutMs,
    noDelay: true,
  }
}

function secureContext(tls: RpcServerTlsOptions) {
  return { cert: pem(tls.cert), key: pem(tls.key), ...(tls.ca === undefined ? {} : { ca: pemList(tls.ca) }) }
}
