import 'reflect-metadata'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { Controller, Inject, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type ClientGrpc, ClientsModule, GrpcMethod, Transport } from '@nestjs/microservices'
import { WaypostModule } from '@waypost/nestjs'
import { grpcResolution, listenMicroservice } from '@waypost/nestjs/microservices'
import { freePorts, makeTempDir, removeTempDir } from '@waypost/testkit'
import { firstValueFrom, type Observable } from 'rxjs'
import { expect, it } from 'vitest'
import { closeLater, start, world } from './applications.test-support.ts'

const proto = `syntax = "proto3";
package user;
service Users { rpc Find (Id) returns (User); }
message Id { int32 id = 1; }
message User { string name = 1; }
`

interface Users {
  Find(id: { id: number }): Observable<{ name: string }>
}

it('gRPC clients find microservices by name, at the port that was said', async () => {
  const { store } = await world()
  const directory = makeTempDir('grpc')
  closeLater(() => removeTempDir(directory))
  const protoPath = join(directory, 'user.proto')
  writeFileSync(protoPath, proto)
  const [port = 0] = await freePorts(1)
  const root = () => WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true })

  @Controller()
  class UsersController {
    @GrpcMethod('Users', 'Find')
    find({ id }: { id: number }): { name: string } {
      return { name: `user ${id}` }
    }
  }
  @Module({
    imports: [root(), WaypostModule.registerOnListen({ service: 'user', host: '127.0.0.1', port, scheme: 'grpc' })],
    controllers: [UsersController],
  })
  class Server {}

  const server = await NestFactory.createMicroservice(Server, {
    transport: Transport.GRPC,
    options: { url: `127.0.0.1:${port}`, package: 'user', protoPath },
    logger: false,
  })
  closeLater(() => server.close())
  await listenMicroservice(server, { waitUntilRegistered: true })

  @Injectable()
  class Caller {
    readonly client: ClientGrpc
    constructor(@Inject('USERS') client: ClientGrpc) {
      this.client = client
    }
  }
  @Module({
    imports: [
      root(),
      ClientsModule.register([
        { name: 'USERS', transport: Transport.GRPC, options: { url: 'waypost:///user', package: 'user', protoPath } },
      ]),
    ],
    providers: [grpcResolution(grpc), Caller],
  })
  class Client {}

  const app = await start(Client)
  await app.init()
  const users = app.get(Caller).client.getService<Users>('Users')
  expect(await firstValueFrom(users.Find({ id: 7 }))).toEqual({ name: 'user 7' })
})
