import { connect } from 'waypost'

const waypost = await connect()
process.once('SIGINT', () => waypost.close())

await waypost.registry.register({ service: 'user', port: 3000 })
const users = await waypost.registry.discover('user')
console.log('user is at', users.pick()?.address)

await waypost.config.set('shop/greeting', 'hello')
const greetings = waypost.config.watch('shop/greeting', { initial: true })
for await (const { value } of greetings) {
  console.log('the greeting is', value)
}
