import 'reflect-metadata'
import { type AddressInfo, createServer } from 'node:net'
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  ClientProxy,
  ClientProxyFactory,
  ClientsModule,
  EventPattern,
  MessagePattern,
  Transport,
} from '@nestjs/microservices'
import { deferred } from '@waypost/core'
import { WaypostModule } from '@waypost/nestjs'
import { listenMicroservice, serviceClient } from '@waypost/nestjs/microservices'
import { freePorts, until } from '@waypost/testkit'
import { firstValueFrom, from, lastValueFrom, type Observable, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { closeLater, start, type World, world } from './applications.test-support.ts'

const heard: string[] = []

async function startMath({ store }: World, id: string): Promise<{ close(): Promise<void> }> {
  class Sums {
    @MessagePattern('sum')
    async sum(numbers: readonly number[]): Promise<string> {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return `${id}: ${numbers.reduce((sum, number) => sum + number, 0)}`
    }

    @MessagePattern('count')
    count(to: number): Observable<number> {
      return from(Array.from({ length: to }, (_, index) => index + 1))
    }

    @EventPattern('note')
    note(text: string): void {
      heard.push(`${id} ${text}`)
    }
  }

  @Module({
    imports: [
      WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
      WaypostModule.registerOnListen({ service: 'math', id }),
    ],
    controllers: [Sums],
  })
  class App {}

  const app = await NestFactory.createMicroservice(App, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
    logger: false,
  })
  await listenMicroservice(app, { waitUntilRegistered: true })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= app.close()
    return closed
  }
  closeLater(close)
  return { close }
}

describe('a client of discovered TCP microservices', () => {
  async function client({ store }: World): Promise<ClientProxy> {
    @Injectable()
    class Caller {
      readonly math: ClientProxy
      constructor(@Inject('MATH') math: ClientProxy) {
        this.math = math
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        ClientsModule.registerAsync([serviceClient('MATH', 'math')]),
      ],
      providers: [Caller],
    })
    class App {}
    const app = await start(App)
    await app.init()
    return app.get(Caller).math
  }

  it('balances messages and events, and streams answers', async () => {
    const made = await world()
    await startMath(made, 'a')
    await startMath(made, 'b')
    const math = await client(made)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => firstValueFrom(math.send<string>('sum', [1, 2, 3]))),
    )
    expect(new Set(answers)).toEqual(new Set(['a: 6', 'b: 6']))
    expect(await lastValueFrom(math.send<number>('count', 3).pipe(toArray()))).toEqual([1, 2, 3])
    await firstValueFrom(math.emit('note', 'hello'), { defaultValue: undefined })
    await until('the event is there', () => heard.some((text) => text.endsWith('hello')))
  })

  it('loses no message when an instance leaves', async () => {
    const made = await world()
    const a = await startMath(made, 'a')
    await startMath(made, 'b')
    const math = await client(made)
    const failures: unknown[] = []
    const answered = new Set<string>()
    let isOver = false
    const ask = async (): Promise<void> => {
      while (!isOver) {
        await firstValueFrom(math.send<string>('sum', [1])).then(
          (answer) => answered.add(answer),
          (error: unknown) => failures.push(error),
        )
      }
    }
    const asking = [ask(), ask(), ask(), ask()]
    await until('both answer', () => answered.size === 2)
    // Who drains waits for those that it knows of.
    await until(
      'the store knows of the client',
      async () => (await made.outside.registry.operate('math').subscribers()).length > 0,
    )
    await a.close()
    answered.clear()
    await until('b goes on', () => answered.size > 0)
    isOver = true
    await Promise.all(asking)
    expect(failures).toEqual([])
    expect([...answered]).toEqual(['b: 1'])
  })

  it('says that the outcome is unknown when an instance dies with the message, and goes on with the others', async () => {
    const made = await world()
    const dying = createServer((socket) => socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve))
    closeLater(async () => dying.close())
    const { port } = dying.address() as AddressInfo
    const record = await made.outside.registry.register({ service: 'math', id: 'dying', host: '127.0.0.1', port })
    const math = await client(made)
    const ask = () => firstValueFrom(math.send<string>('sum', [1]))
    await expect(ask()).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining(`math at 127.0.0.1:${port} was closed before the answer came`),
    })
    await startMath(made, 'a')
    await record.deregister()
    await until('a answers', () => ask().catch(() => undefined))
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual(Array(4).fill('a: 1'))
  })

  it('tries another instance when one takes no connection, and says when nobody is left', async () => {
    const made = await world()
    const math = await client(made)
    const ask = () => firstValueFrom(math.send<string>('sum', [1]))
    await expect(ask()).rejects.toMatchObject({ code: 'no-instance' })
    const [port = 0] = await freePorts(1)
    await made.outside.registry.register({ service: 'math', id: 'dead', host: '127.0.0.1', port })
    await until('it is tried', async () => {
      const { message, code } = (await ask().catch((error: Error & { code?: string }) => error)) as Error & {
        code?: string
      }
      return code === 'no-instance' && message.includes('1 were tried') && message.includes('ECONNREFUSED')
    })
    await startMath(made, 'a')
    await until('a answers', () => ask().catch(() => undefined))
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual(Array(4).fill('a: 1'))
  })
})

describe('an application that serves HTTP and microservices', () => {
  it('is registered as both, and leaves as both when messages are answered', async () => {
    const { store, outside } = await world()
    const answering = deferred<string>()
    const asked = deferred<void>()

    @Controller()
    class Both {
      @Get()
      greet(): string {
        return 'hello'
      }

      @MessagePattern('wait')
      wait(): Promise<string> {
        asked.resolve()
        return answering.promise
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostModule.registerOnListen({ service: 'web' }),
      ],
      controllers: [Both],
    })
    class App {}
    const app = await start(App)
    const options = { host: '127.0.0.1', port: 0 }
    const microservice = app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true })
    await expect(listenMicroservice(microservice)).rejects.toThrow(
      "listenMicroservice(microservice, { register: { service: 'math' } })",
    )
    await listenMicroservice(microservice, { register: { service: 'math' }, waitUntilRegistered: true })
    await app.listen(0, '127.0.0.1')
    const [web, math] = [await outside.registry.discover('web'), await outside.registry.discover('math')]
    await until('HTTP is registered', () => web.instances.length === 1)
    expect(await (await fetch(`http://${web.pick()?.address}`)).text()).toBe('hello')

    const { host = '', port = 0 } = math.pick() ?? {}
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host, port } })
    closeLater(async () => client.close())
    const answer = firstValueFrom(client.send<string>('wait', {}))
    await asked.promise
    const closed = app.close()
    await until('both leave', () => [web, math].every(({ instances }) => instances[0]?.status !== 'up'))
    answering.resolve('answered')
    expect(await answer).toBe('answered')
    await closed
    expect(await outside.registry.services()).toEqual([])
  })
})
