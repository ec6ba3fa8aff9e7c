import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { LiveValue, WaypostConfigModule, WaypostModule } from '@waypost/nestjs'
import { z } from 'zod'
import { startService } from './start-service.ts'

const { SHOP_ID: id = 'user', SHOP_VERSION: version = '1.0.0' } = process.env
const schema = z.object({ greeting: z.string() })
const names = ['Ada', 'Grace', 'Edsger', 'Barbara']

@Controller('users')
class Users {
  @LiveValue(schema, 'greeting') readonly greeting!: string

  @Get(':id')
  async find(@Param('id') userId: string): Promise<object> {
    // As long as a small query takes.
    await new Promise((resolve) => setTimeout(resolve, 5))
    const name = names[Number(userId) % names.length]
    return { id: userId, name, greeting: `${this.greeting}, ${name}`, servedBy: id, version }
  }
}

@Module({
  imports: [
    WaypostModule.forRoot({ app: 'user', isGlobal: true, ttlSeconds: 3 }),
    WaypostModule.registerOnListen({ service: 'user', id, version }),
    WaypostConfigModule.forFeature(schema),
  ],
  controllers: [Users],
})
class UserModule {}

await startService(UserModule)
