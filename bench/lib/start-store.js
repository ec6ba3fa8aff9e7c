import { runScript } from './processes.js'
import { scaled } from './scale.js'

const first = 'startStore() in memory, first of a process, its modules among it'
const next = 'startStore() in memory, every further one'

export const startStore = {
  name: 'startStore()',
  oursOnly: true,
  rows: [first, next].map((what) => ({ what, unit: 'ms', better: 'lower' })),
  async measure() {
    const { firstMs, nextMs } = await runScript('start-store-load.js', { times: scaled(20, 2) })
    return { [first]: firstMs, [next]: nextMs }
  },
}
