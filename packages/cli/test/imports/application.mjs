// An application that only loads: by the package alone, and by the facade.
import { EtcdClient } from '@waypost/client'
import { Config } from '@waypost/config'
import { connect } from 'waypost'

const [endpoints] = process.argv.slice(2)
const etcd = new EtcdClient({ endpoints })
const config = new Config(etcd)
const waypost = await connect({ endpoints })
for (const source of [config, waypost.config]) {
  const live = await source.load({ app: 'order' })
  console.log(`loaded ${live.current.port}`)
  await live.close()
}
await config.close()
await waypost.close()
await etcd.close()
