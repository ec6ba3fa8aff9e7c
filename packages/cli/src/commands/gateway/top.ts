import { anySignal, delay, messageOf, WaypostError } from '@waypost/core'
import type { GatewayStatus } from '@waypost/gateway'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { LiveArea } from '../../terminal/live-area.ts'
import { terminal } from '../../terminal/terminal.ts'
import { topFacts, topText } from './top-text.ts'

export const output = listOutput

interface TopOptions extends GlobalOptions {
  readonly admin: string
  readonly once?: true
}

/** Between two looks. */
const intervalMs = 1_000

export function define(command: Command): void {
  command
    .description(
      'Show the routes and instances of a gateway with their requests per second, errors and latencies, once a second ' +
        'until Ctrl+C. If the output is not a terminal, it shows one second and exits.',
    )
    .option('--admin <url>', 'the admin port of the gateway', 'http://127.0.0.1:8380')
    .option('--once', 'show one second and exit')
    .addHelpText('after', examples(['waypost gateway top', ''], ['waypost gateway top --once -w json', 'for programs']))
    .action(top)
}

async function top(_own: TopOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<TopOptions>()
  using interrupt = onInterrupt()
  const { signal } = interrupt
  const { latencyQuantileMs } = await import('@waypost/gateway')
  let before = await statusAt(options.admin, signal)
  const isLive = terminal.isTty && !options.once && options.writeOut !== 'json'
  const area = isLive ? new LiveArea() : undefined
  do {
    await delay(intervalMs, { signal }).catch(() => {})
    if (signal.aborted) return
    const now = await statusAt(options.admin, signal)
    const earlier = before
    before = now
    if (area) area.draw(topText(earlier, now, intervalMs, latencyQuantileMs))
    else {
      const text = (): string => topText(earlier, now, intervalMs, latencyQuantileMs)
      await output.print(options, {
        simple: text,
        table: text,
        json: () => topFacts(earlier, now, intervalMs, latencyQuantileMs),
      })
    }
  } while (isLive)
}

async function statusAt(url: string, signal: AbortSignal): Promise<GatewayStatus> {
  try {
    const response = await fetch(new URL('/status', url), {
      signal: anySignal([signal, AbortSignal.timeout(5_000)]),
    })
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    const status = await response.json()
    if (!isStatus(status)) throw new Error('the answer is not from a gateway')
    return status
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new WaypostError('unavailable', `No gateway could be asked at ${url}: ${messageOf(cause)}. See --admin.`)
  }
}

/** Written by a gateway of this version: its parts need no second look. */
function isStatus(value: unknown): value is GatewayStatus {
  return typeof value === 'object' && value !== null && 'counts' in value && 'routes' in value && 'services' in value
}
