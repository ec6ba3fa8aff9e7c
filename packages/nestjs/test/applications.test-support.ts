import type { INestApplication, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { EmbeddedServer } from '@waypost/server'
import { startStore } from '@waypost/testkit'
import { afterEach } from 'vitest'
import { connect, type Waypost } from 'waypost'

/** A store, a look at it from outside, and applications that are closed with the test. */
export interface World {
  readonly store: EmbeddedServer
  readonly outside: Waypost
}

const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

export function closeLater(close: () => Promise<unknown>): void {
  closers.push(close)
}

export async function world(): Promise<World> {
  const store = await startStore()
  const outside = await connect({ endpoints: store.url, env: {} })
  closeLater(async () => {
    await outside.close()
    await store.close()
  })
  return { store, outside }
}

export type Platform = 'express' | 'fastify'

export async function start(root: Type | object, platform: Platform = 'express'): Promise<INestApplication> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter()
  const app = await NestFactory.create(root, adapter, { logger: false, abortOnError: false })
  closeLater(() => app.close())
  return app
}
