// What the first use of a package costs a process: loading it and, of the server, starting a store. Prints { elapsedMs }.
const { name, url } = JSON.parse(process.argv[2])

const startedMs = performance.now()
const { EmbeddedServer } = await import(url)
const store = name === 'server' ? await EmbeddedServer.start({ host: '127.0.0.1', port: 0, memory: true }) : undefined
console.log(JSON.stringify({ elapsedMs: performance.now() - startedMs }))
await store?.close()
