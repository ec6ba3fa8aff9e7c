import { runScript } from './processes.js'

const rows = {
  publish: [
    ['publishes, one after the other, 1 KB', 'publishes/s', 'higher'],
    ['publishes, 32 at once of 32 documents, 1 KB', 'publishes/s', 'higher'],
  ],
  load: [
    ['load of 10 layers of 100 KB, YAML, the first of a process', 'ms', 'lower'],
    ['load of 10 layers of 100 KB, YAML', 'ms', 'lower'],
    ['load of 10 layers of 100 KB, YAML with an anchor', 'ms', 'lower'],
    ['load of 10 layers of 100 KB, JSON', 'ms', 'lower'],
    ['memory per loaded key, YAML', 'bytes', 'lower'],
  ],
  read: [['cost of reading `live.current.a.b`', 'ns', 'lower']],
}

/** Each in a process of its own; see config-load.js. */
export const configScripts = Object.entries(rows).map(([script, list]) => ({
  name: `configuration: ${script}`,
  rows: list.map(([what, unit, better]) => ({ what, unit, better })),
  async measure({ start }) {
    const store = await start()
    try {
      const figures = await runScript('config-load.js', { port: store.port, script })
      return Object.fromEntries(list.map(([what], index) => [what, figures[index]]))
    } finally {
      await store.stop()
    }
  },
}))
