export { EmbeddedServer } from './server.ts'
export type { EmbeddedServerOptions } from './server-options.ts'
export type { TlsFiles } from './tls/tls-files.ts'
