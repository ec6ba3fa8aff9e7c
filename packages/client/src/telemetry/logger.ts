/** Where the client's diagnostics go. The methods of `console`, pino and others fit. */
export interface EtcdLogger {
  debug(message: string): void
  warn(message: string): void
}
