export { EmbeddedServer } from './server.ts'
export type { EmbeddedServerOptions } from './server-options.ts'
