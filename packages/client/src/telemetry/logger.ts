/** Where the client's diagnostics go. The methods of `console`, pino and others fit. */
export interface EtcdLogger {
  debug(message: string): void
  warn(message: string): void
}

const nothing = (): void => {}

export const silentLogger: EtcdLogger = { debug: nothing, warn: nothing }

/** For programs that give none: what an operator should know goes to standard error, with the process that says it. */
export function defaultLogger(process: string): EtcdLogger {
  return { debug: nothing, warn: (message) => console.warn(`waypost (${process}): ${message}`) }
}
