import { messageOf } from '@waypost/core'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'

export interface HubOption {
  readonly hub?: URL
}

export function addHubOption(command: Command): Command {
  return command.option(
    '--hub <url>',
    'ask this hub to do it, as a store in strict mode wants it (env: WAYPOST_HUB; else that of the context)',
    parseHub,
  )
}

/** The hub that is to be asked: of the option, the environment, or the context; `undefined` to write to the store. */
export function hubOf({ hub, contextHub, contextName }: HubOption & GlobalOptions): URL | undefined {
  if (hub !== undefined) return hub
  const { WAYPOST_HUB: named } = process.env
  if (named) return readHub(named, 'WAYPOST_HUB')
  return contextHub === undefined ? undefined : readHub(contextHub, `The hub of the context ${contextName}`)
}

/** The same for what only a hub can do. */
export function neededHub(options: HubOption & GlobalOptions): URL {
  const hub = hubOf(options)
  if (hub !== undefined) return hub
  throw new UsageError('Say which hub: with --hub, in WAYPOST_HUB, or with `waypost context add … --hub`.')
}

function readHub(text: string, where: string): URL {
  try {
    return parseHub(text)
  } catch (error) {
    throw new UsageError(`${where}: ${messageOf(error)}`)
  }
}

export function parseHub(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8379.')
}
