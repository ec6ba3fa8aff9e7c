import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import {
  InjectHttpClient,
  LiveValue,
  type ServiceHttpClient,
  WaypostConfigModule,
  WaypostModule,
} from '@waypost/nestjs'
import { z } from 'zod'
import { startService } from './start-service.ts'

const { SHOP_ID: id = 'order', SHOP_VERSION: version = '1.0.0' } = process.env
const schema = z.object({ discountPercent: z.number().min(0).max(100) })

@Controller('orders')
class Orders {
  @LiveValue(schema, 'discountPercent') readonly discountPercent!: number
  @InjectHttpClient('user') private readonly users!: ServiceHttpClient

  @Get(':id')
  async find(@Param('id') orderId: string): Promise<object> {
    const response = await this.users.fetch(`/users/${orderId}`)
    if (!response.ok) throw new Error(`user answered ${response.status}`)
    const user: unknown = await response.json()
    return { id: orderId, price: 100 - this.discountPercent, user, servedBy: id, version }
  }
}

@Module({
  imports: [
    WaypostModule.forRoot({ app: 'order', isGlobal: true, ttlSeconds: 3 }),
    WaypostModule.registerOnListen({ service: 'order', id, version }),
    WaypostModule.forServices(['user']),
    WaypostConfigModule.forFeature(schema),
  ],
  controllers: [Orders],
})
class OrderModule {}

await startService(OrderModule)
