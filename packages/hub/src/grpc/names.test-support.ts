import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
} from '@grpc/grpc-js'
import { load } from '@grpc/proto-loader'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import type { Hub } from '../hub.ts'
import { protoPath } from './grpc-part.ts'

export type Message = Readonly<Record<string, unknown>>

/** `waypost.hub.v1.Names` as a program sees it that knows the hub by its published definition alone. */
export class NamesClient implements AsyncDisposable {
  readonly #client: Client
  readonly #metadata = new Metadata()

  private constructor(client: Client, login: string | undefined) {
    this.#client = client
    if (login === undefined) return
    const isPassword = login.includes(':')
    this.#metadata.set(
      'authorization',
      isPassword ? `Basic ${Buffer.from(login).toString('base64')}` : `Bearer ${login}`,
    )
  }

  /** @param login user and password with a colon between, or a token */
  static async connect({ url, host, port }: Hub, login?: string): Promise<NamesClient> {
    const directory = await makeTempDir('names-proto')
    try {
      const file = join(directory, 'names.proto')
      await writeFile(file, await (await fetch(url + protoPath)).text())
      const loaded = loadPackageDefinition(await load(file, { longs: String, defaults: true }))
      const service = [loaded.waypost, 'hub', 'v1', 'Names'].reduce((at, name) => Reflect.get(Object(at), String(name)))
      const client: unknown = Reflect.construct(constructorOf(service), [
        `${host}:${port}`,
        credentials.createInsecure(),
      ])
      if (!(client instanceof Client)) throw new TypeError('The definition has no service Names.')
      return new NamesClient(client, login)
    } finally {
      await removeTempDir(directory)
    }
  }

  call(method: 'list' | 'pick', request: Message): Promise<Message> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, answer: Message): void => (error ? reject(error) : resolve(answer))
      Reflect.apply(Reflect.get(this.#client, method), this.#client, [request, this.#metadata, done])
    })
  }

  watch(request: Message): ClientReadableStream<Message> {
    return Reflect.apply(Reflect.get(this.#client, 'watch'), this.#client, [request, this.#metadata])
  }

  register(): ClientDuplexStream<Message, Message> {
    return Reflect.apply(Reflect.get(this.#client, 'register'), this.#client, [this.#metadata])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close()
  }
}

function constructorOf(value: unknown): new (...args: never) => unknown {
  if (typeof value !== 'function') throw new TypeError('The definition has no service Names.')
  return Object(value)
}
