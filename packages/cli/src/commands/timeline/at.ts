import type { StateAt } from '@waypost/hub/timeline'
import type { Command } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { parseMoment } from './parse-moment.ts'

export const output = listOutput

interface AtOptions extends GlobalOptions {
  readonly service?: string
  readonly path?: string
}

const kinds = [
  'instances',
  'overrides',
  'documents',
  'canaries',
  'drafts',
  'policies',
  'schemas',
  'rejections',
  'schedules',
  'leaders',
] as const satisfies readonly (keyof StateAt)[]

export function define(command: Command): void {
  command
    .description('Show the state at a moment: instances, documents and the like, as the timeline keeps them.')
    .argument('<moment>', 'a revision, or a time in ISO 8601', parseMoment)
    .option('--service <name>', 'only what is about this service')
    .option('--path <path>', 'only what is about this document')
    .addHelpText(
      'after',
      examples(
        ['waypost timeline at 176 --path order/application.yaml', ''],
        ['waypost timeline at 2026-12-01T03:05:00Z --service user', ''],
      ),
    )
    .action(show)
}

async function show(moment: ReturnType<typeof parseMoment>, _own: AtOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AtOptions>()
  const { Timeline } = await import('@waypost/hub/timeline')
  await withStore(
    options,
    async (etcd) => {
      const state = await new Timeline(etcd).at(moment, { timeoutMs: options.timeout })
      const shown = rowsOf(state, options)
      const text = (): string => {
        const rows = shown.map(({ kind, name, facts }) => [kind, oneLine(name), oneLine(JSON.stringify(facts))])
        return `${table(['WHAT', 'NAME', 'FACTS'], rows, terminal.tableStyle)}As of event ${state.lastId}.\n`
      }
      const json = (): unknown => ({ revision: state.revision, lastId: state.lastId, known: shown })
      await output.print(options, { simple: text, table: text, json })
    },
    keysBelow('read', '/waypost/timeline/'),
  )
}

function rowsOf(state: StateAt, { service, path }: AtOptions) {
  const isAbout = (name: string, wanted: string | undefined): boolean =>
    wanted === undefined || name === wanted || name.startsWith(`${wanted}/`)
  const ofServices: readonly string[] = ['instances', 'overrides']
  return kinds.flatMap((kind) => {
    if (service !== undefined && !ofServices.includes(kind)) return []
    if (path !== undefined && (ofServices.includes(kind) || kind === 'leaders' || kind === 'schedules')) return []
    return state[kind]
      .filter(({ name }) => isAbout(name, service) && isAbout(name, path))
      .map(({ name, facts }) => ({ kind, name, facts }))
  })
}
