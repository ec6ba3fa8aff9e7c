// What loading a library costs a process that has just begun: prints { importMs, megabytes }.
const { library } = JSON.parse(process.argv[2])
const loaders = { waypost: () => import('../../packages/client/dist/index.js'), etcd3: () => import('etcd3') }

const before = process.memoryUsage.rss()
const startedMs = performance.now()
await loaders[library]()
const importMs = performance.now() - startedMs
console.log(JSON.stringify({ importMs, megabytes: (process.memoryUsage.rss() - before) / 1e6 }))
