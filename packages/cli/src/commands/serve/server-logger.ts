import type { ServerLogger } from '@waypost/server'
import type { Logger } from 'pino'
import { terminal } from '../../terminal/terminal.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export const logFormats = ['text', 'json'] as const

export type LogLevel = (typeof logLevels)[number]
export type LogFormat = (typeof logFormats)[number]

/** A logger that writes lines to standard error; undefined when nothing is to be written. */
export async function serverLogger(level: LogLevel, format: LogFormat): Promise<ServerLogger | undefined> {
  if (level === 'silent') return undefined
  const logger = await lineLogger(level, format)
  // A logger of pino could be taken for a promise.
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

/** A logger of pino that writes a line for each event to standard error. */
export async function lineLogger(level: LogLevel, format: LogFormat): Promise<Logger> {
  const { pino } = await import('pino')
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => terminal.writeError(format === 'json' ? line : textLine(line)) },
  )
}

/** A line of JSON as people read it: time, level, id, message, and the fields. */
export function textLine(json: string): string {
  const { time, level, id, msg, ...fields }: Record<string, unknown> = JSON.parse(json)
  const words = [time, String(level).toUpperCase().padEnd(5), id, msg].filter((word) => word !== undefined).join(' ')
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${valueText(value)}`)
  return `${words}${rest.join('')}\n`
}

function valueText(value: unknown): string {
  const text = String(value)
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text)
}
