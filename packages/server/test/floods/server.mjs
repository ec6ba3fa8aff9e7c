import { EmbeddedServer } from '../../dist/index.js'

const server = await EmbeddedServer.start({ memory: true, port: 0, rootPassword: 'secret', bcryptCost: 4 })
console.log(`port ${server.port}`)
