export type { AutoCompaction } from './apply/auto-compactor.ts'
export { EmbeddedServer } from './server.ts'
export type { EmbeddedServerOptions } from './server-options.ts'
export type { TlsFiles } from './tls/tls-files.ts'
