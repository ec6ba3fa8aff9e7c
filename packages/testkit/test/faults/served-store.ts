import { setTimeout as sleep } from 'node:timers/promises'
import { FaultProxy } from '../../src/index.ts'
import { Wire } from '../../src/wire/wire.ts'
import { ServerProcess } from '../crash/server-process.ts'
import type { Fault, FaultStore } from './fault-store.ts'

/** The embedded server as a process of its own, which can be killed and stopped. */
export class ServedStore implements FaultStore {
  readonly auth = undefined
  readonly endpoints: readonly string[]
  readonly #server: ServerProcess
  /** Its address stays while the server takes another port at each start. */
  readonly #front: FaultProxy

  private constructor(server: ServerProcess, front: FaultProxy) {
    this.#server = server
    this.#front = front
    this.endpoints = [front.url]
  }

  static async start(): Promise<ServedStore> {
    const server = ServerProcess.create()
    await server.launch()
    await server.serving()
    return new ServedStore(server, await FaultProxy.start(portOf(server)))
  }

  async connect(): Promise<Wire> {
    return new Wire(this.#server.url)
  }

  async crash(): Promise<void> {
    await this.#server.crash()
  }

  async restart(): Promise<void> {
    await this.#server.launch()
    await this.#server.serving()
    this.#front.target = portOf(this.#server)
  }

  pause(): void {
    process.kill(this.#server.pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(this.#server.pid, 'SIGCONT')
  }

  async close(): Promise<void> {
    await this.#front.close()
    await this.#server.close()
  }
}

/** Every fault that the embedded server has to bear. `store()` is valid while a fault strikes. */
export function serverFaults(store: () => ServedStore, leaseTtlSeconds: number) {
  const stopFor = (name: string, ms: number): Fault => ({
    name,
    async strike(scene) {
      scene.struck()
      store().pause()
      await sleep(ms)
      store().resume()
      scene.ableAgain()
    },
  })
  return {
    killed: {
      name: 'the server is killed and restarted',
      async strike(scene) {
        scene.struck()
        await store().crash()
        await sleep(300)
        await store().restart()
        scene.ableAgain()
      },
    },
    stoppedBriefly: stopFor('the server stops for less than the TTL', leaseTtlSeconds * 200),
    stopped: stopFor('the server stops for longer than the TTL', leaseTtlSeconds * 1_200),
  } satisfies Record<string, Fault>
}

function portOf({ url }: ServerProcess): number {
  return Number(new URL(url).port)
}
