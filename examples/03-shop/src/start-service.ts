import type { DynamicModule, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type Registrar, registrarToken } from '@waypost/nestjs'

/** Starts an application on a free port, and says on standard output when others can find it. */
export async function startService(root: Type | DynamicModule): Promise<void> {
  const app = await NestFactory.create(root, { logger: ['error', 'warn'] })
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'])
  await app.listen(0, '127.0.0.1')
  const { record } = await app.get<Registrar>(registrarToken, { strict: false }).registered
  console.log(`ready ${record.id} on port ${record.port}`)
}
