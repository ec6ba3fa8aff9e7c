// A CommonJS application that uses what @waypost/nestjs offers, on whatever Nest is installed beside it. It says what it
// sees as lines of JSON. Argument: the store.
require('reflect-metadata')
const { Controller, Get, Inject, Module } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')
const { ConfigModule, ConfigService, registerAs } = require('@nestjs/config')
const { HealthCheckService } = require('@nestjs/terminus')
const { ClientsModule, MessagePattern, Transport } = require('@nestjs/microservices')
const { firstValueFrom } = require('rxjs')
const nest = require('@waypost/nestjs')
const { listenMicroservice, serviceClient } = require('@waypost/nestjs/microservices')

const { WaypostHealthIndicator, WaypostHealthModule } = require('@waypost/nestjs/terminus')
const { connect } = require('waypost')

const [endpoints] = process.argv.slice(2)
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)
const decorate = (type, method, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method)
  for (const decorator of decorators) decorator(type.prototype, method, descriptor)
}
const root = () => nest.WaypostModule.forRoot({ endpoints, env: {}, isGlobal: true })

class Orders {
  constructor(live, users, userClient, math, config) {
    Object.assign(this, { live, users, userClient, math, config })
  }
  async list() {
    const user = await (await this.userClient.fetch('/name')).text()
    const sum = await firstValueFrom(this.math.send('sum', [1, 2, 3]))
    const configured = this.config.get('order.db.pool')
    return { pool: this.pool, configured, whole: this.live.current, users: this.users.instances.length, user, sum }
  }
  changed({ previous, current }) {
    say({ changed: [previous, current] })
  }
}
Controller('orders')(Orders)
nest.InjectConfig()(Orders, undefined, 0)
nest.InjectService('user')(Orders, undefined, 1)
nest.InjectHttpClient('user')(Orders, undefined, 2)
Inject('MATH')(Orders, undefined, 3)
Inject(ConfigService)(Orders, undefined, 4)
nest.LiveValue('db.pool')(Orders.prototype, 'pool')
decorate(Orders, 'list', Get())
decorate(Orders, 'changed', nest.OnConfigChange('db.pool'))

class Health {
  constructor(health, waypost) {
    Object.assign(this, { health, waypost })
  }
  check() {
    return this.health.check([() => this.waypost.check('waypost')])
  }
}
Controller('health')(Health)
Inject(HealthCheckService)(Health, undefined, 0)
Inject(WaypostHealthIndicator)(Health, undefined, 1)
decorate(Health, 'check', Get())

class Users {
  name() {
    return 'Ada'
  }
}
Controller()(Users)
decorate(Users, 'name', Get('name'))

class Sums {
  sum(numbers) {
    return numbers.reduce((total, number) => total + number, 0)
  }
}
Controller()(Sums)
decorate(Sums, 'sum', MessagePattern('sum'))

class Database {
  onModuleDestroy() {
    say({ database: 'closed', registered: this.registrar.registration.state })
  }
}
nest.InjectRegistrar()(Database.prototype, 'registrar')

class OrderApp {}
const orderApp = (waypost, live) => ({
  module: OrderApp,
  imports: [
    nest.WaypostModule.forRoot({ waypost, isGlobal: true }),
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [registerAs('order', nest.configSource(live))] }),
    WaypostHealthModule,
    nest.WaypostModule.registerOnListen({ service: 'order', id: 'order-1' }),
    nest.WaypostModule.forServices(['user']),
    nest.WaypostConfigModule.forFeature(undefined, { live }),
    ClientsModule.registerAsync([serviceClient('MATH', 'math')]),
  ],
  controllers: [Orders, Health],
  providers: [Database],
})
Module({})(OrderApp)

class UserApp {}
Module({
  imports: [root(), nest.WaypostModule.registerOnListen({ service: 'user' })],
  controllers: [Users],
})(UserApp)

class MathApp {}
Module({
  imports: [root(), nest.WaypostModule.registerOnListen({ service: 'math' })],
  controllers: [Sums],
})(MathApp)

async function main() {
  const logger = ['error', 'warn']
  const users = await NestFactory.create(UserApp, { logger })
  await users.listen(0, '127.0.0.1')
  await users.get(nest.registrarToken, { strict: false }).registered
  const options = { host: '127.0.0.1', port: 0 }
  const math = await NestFactory.createMicroservice(MathApp, { transport: Transport.TCP, options, logger })
  await listenMicroservice(math, { waitUntilRegistered: true })
  const waypost = await connect({ endpoints, env: {} })
  const live = await waypost.config.load({ app: 'order' })
  const orders = await NestFactory.create(orderApp(waypost, live), { logger })
  orders.enableShutdownHooks(['SIGTERM'])
  await orders.listen(0, '127.0.0.1')
  await orders.get(nest.registrarToken, { strict: false }).registered
  const get = async (path) => (await fetch(`${await orders.getUrl()}/${path}`)).json()
  const ask = () => get('orders')
  say({ health: await get('health') })
  say({ answer: await ask() })
  process.stdin.on('data', async () => say({ answer: await ask() }))
  process.stdin.once('end', async () => {
    await math.close()
    await users.close()
    say({ others: 'closed' })
    process.kill(process.pid, 'SIGTERM')
  })
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
