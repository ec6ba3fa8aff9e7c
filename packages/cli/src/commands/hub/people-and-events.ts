import { readFile } from 'node:fs/promises'
import { messageOf } from '@waypost/core'
import type { HubOptions } from '@waypost/hub'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parse } from 'yaml'
import { UsageError } from '../../command-line/exit-codes.ts'
import { parsePositive } from '../../command-line/parse-values.ts'

/** The timeline, webhooks, logins of people, and assistants. */
export interface PeopleAndEventsOptions {
  readonly timeline: boolean
  readonly timelineDays?: number
  readonly timelineEvents?: number
  readonly webhookNetworks?: ('public' | 'private' | 'loopback')[]
  readonly mcp: 'off' | 'read' | 'draft' | 'write'
  readonly oidc?: string
}

export function addPeopleAndEventsOptions(command: Command): void {
  command
    .option('--no-timeline', 'do not record the timeline or send webhooks')
    .option('--timeline-days <n>', 'how long events are kept', parsePositive)
    .option('--timeline-events <n>', 'how many events are kept', parsePositive)
    .option('--webhook-networks <networks>', 'allowed destinations of webhooks: public,private,loopback', parseNetworks)
    .option('--oidc <file>', 'let people log in through the OpenID provider described in this YAML file')
    .addOption(
      new Option('--mcp <mode>', 'what assistants may do at /mcp')
        .choices(['off', 'read', 'draft', 'write'])
        .default('read'),
    )
}

export async function peopleAndEvents(
  options: PeopleAndEventsOptions,
): Promise<Pick<HubOptions, 'timeline' | 'webhookNetworks' | 'mcp' | 'oidc'>> {
  const { timeline, timelineDays, timelineEvents, webhookNetworks, mcp, oidc } = options
  return {
    timeline: timeline ? kept(timelineDays, timelineEvents) : false,
    webhookNetworks,
    mcp,
    oidc: oidc === undefined ? undefined : await oidcIn(oidc),
  }
}

function kept(maxAgeDays: number | undefined, maxEvents: number | undefined): HubOptions['timeline'] {
  return {
    ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
  }
}

function parseNetworks(text: string): ('public' | 'private' | 'loopback')[] {
  return text.split(',').map((word) => {
    if (word === 'public' || word === 'private' || word === 'loopback') return word
    throw new InvalidArgumentError('It must be some of public, private and loopback, separated by commas.')
  })
}

/** What is in it is checked when the hub starts. The secret of the client may stand in a file of its own. */
async function oidcIn(file: string): Promise<HubOptions['oidc']> {
  try {
    const parsed: HubOptions['oidc'] & { readonly clientSecretFile?: string } = parse(await readFile(file, 'utf8'))
    const { clientSecretFile, ...oidc } = parsed
    if (clientSecretFile === undefined) return oidc
    return { ...oidc, clientSecret: (await readFile(clientSecretFile, 'utf8')).trim() }
  } catch (error) {
    throw new UsageError(`--oidc ${file} cannot be read: ${messageOf(error)}`)
  }
}
