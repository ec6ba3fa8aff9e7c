import 'reflect-metadata'
import { Inject, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ClientProxy, ClientsModule, EventPattern, MessagePattern, Transport } from '@nestjs/microservices'
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
        ClientsModule.registerAsync([serviceClient('MATH', 'math', { discoverTimeoutMs: 1_000 })]),
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
    await a.close()
    answered.clear()
    await until('b goes on', () => answered.size > 0)
    isOver = true
    await Promise.all(asking)
    expect(failures).toEqual([])
    expect([...answered]).toEqual(['b: 1'])
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
