/** The values that go with a line: words, numbers and truth values, never what a key holds and never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Takes lines of a log. A logger of `pino` is one, and so is `console`, the arguments of which are in this order. */
export interface ServerLogger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}
