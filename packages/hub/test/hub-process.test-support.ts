import { get } from 'node:http'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Program } from '@waypost/testkit'
import { packedPackages } from '../../../scripts/packed.js'

/** As it is published, which is loaded sooner. */
const { modules } = await packedPackages()
const hubModule = pathToFileURL(join(modules, '@waypost/hub/dist/index.js')).href

/** A hub in a process of its own. */
export interface HubProcess {
  readonly program: Program
  readonly url: string
  readonly port: number
  readonly dnsPort: number
}

export async function startHubProcess(
  store: string,
  { port, dns = false }: { readonly port?: number; readonly dns?: boolean } = {},
): Promise<HubProcess> {
  const file = fileURLToPath(new URL('./fixtures/hub.mjs', import.meta.url))
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '', WAYPOST_ENDPOINTS: store, HUB_MODULE: hubModule }
  if (port !== undefined) env.HUB_PORT = String(port)
  if (dns) env.HUB_DNS = 'on'
  const program = await Program.start(process.execPath, [file], { env, keepStdinOpen: true })
  const [url = '', dnsPort] = (await program.waitForOutput(/^http.*\n/m)).trim().split(' ')
  return { program, url, port: Number(new URL(url).port), dnsPort: Number(dnsPort) }
}

/** Ends it as an operator would. */
export async function stopHubProcess({ program }: HubProcess): Promise<void> {
  program.closeStdin()
  await program.exited
}

/** Reads events as a browser does: when the stream ends, it comes back with the id of the last event. */
export class EventReader {
  readonly #url: string
  readonly #read: (data: string) => readonly string[]
  #lastId: string | undefined
  #request: ReturnType<typeof get> | undefined
  #isClosed = false
  /** What the events told, in their order. */
  readonly seen: string[] = []
  /** Events by their names, except changes. */
  readonly others: string[] = []
  /** Connections that were made. */
  connections = 0

  /** @param read what an event tells */
  constructor(url: string, read: (data: string) => readonly string[]) {
    this.#url = url
    this.#read = read
    this.#connect()
  }

  get hasBegun(): boolean {
    return this.#lastId !== undefined
  }

  close(): void {
    this.#isClosed = true
    this.#request?.destroy()
  }

  #connect(): void {
    if (this.#isClosed) return
    const headers = { accept: 'text/event-stream', ...(this.#lastId && { 'last-event-id': this.#lastId }) }
    let isOver = false
    const again = (): void => {
      if (isOver) return
      isOver = true
      setTimeout(() => this.#connect(), 20)
    }
    this.#request = get(this.#url, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) this.others.push(`status ${response.statusCode}`)
      else this.connections += 1
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      })
      response.on('close', again).on('error', again)
    })
    this.#request.on('error', again)
  }

  #take(block: string): void {
    const [, event = '', id, data = ''] = /^event: (\w+)\n(?:id: (\d+)\n)?data: (.*)$/.exec(block) ?? []
    if (event === 'change') this.seen.push(...this.#read(data))
    else if (event !== '') this.others.push(event)
    if (id !== undefined) this.#lastId = id
  }
}

/** A balancer of TCP connections, which knows of a hub only whether it takes connections. */
export class Balancer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #ports: number[]
  #turn = 0

  private constructor(ports: readonly number[]) {
    this.#ports = [...ports]
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#serve(socket, this.#ports.length),
    )
  }

  static async start(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports)
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve))
    return balancer
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  add(port: number): void {
    this.#ports.push(port)
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #serve(client: Socket, tries: number): void {
    this.#turn += 1
    const hub = connect(this.#ports[this.#turn % this.#ports.length] ?? 0, '127.0.0.1')
    const next = (): void => {
      if (tries > 1) this.#serve(client, tries - 1)
      else client.destroy()
    }
    hub.once('error', next)
    hub.once('connect', () => {
      hub.off('error', next)
      for (const [one, other] of [
        [client, hub],
        [hub, client],
      ] as const) {
        this.#sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
      }
    })
  }
}
