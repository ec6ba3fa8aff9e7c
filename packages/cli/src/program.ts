import type { Command } from 'commander'
import { addCommands } from './command-line/commands.ts'
import { SpellingCommand } from './command-line/etcdctl-spelling.ts'
import { addGlobalOptions } from './command-line/global-options.ts'
import { examples } from './command-line/help.ts'
import { describeOption, formatHelp, globalOptionsText } from './command-line/help-format.ts'
import { commandList } from './command-list.ts'
import { applyContext } from './store/apply-context.ts'
import { terminal } from './terminal/terminal.ts'

/** The whole command line. Each command declares itself when it is asked for. */
export function buildProgram(): Command {
  const { bold } = terminal.colors
  const program = new SpellingCommand('waypost')
    .description('Configuration centre and service registry on the etcd v3 API.')
    .usage('[options] <command>')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureHelp({ formatHelp, optionDescription: describeOption, styleTitle: (title) => bold(title) })
  addGlobalOptions(program)
  program.hook('preAction', async (_program, action) => {
    if (!withoutStore.has(topLevelName(action))) await applyContext(program)
  })
  addCommands(program, commandList)
  const exampleText = examples(
    ['waypost serve', 'a store on 127.0.0.1:2379, kept in ./.waypost'],
    ['waypost put /config/order/timeout 30', ''],
    ['waypost get --prefix /config/', ''],
    ['waypost get --help', 'explains a command'],
    ['waypost --version', ''],
  )
  return program
    .addHelpText('after', () => `${exampleText}\n\n${globalOptionsText(program)}`.trimEnd())
    .addHelpText('afterAll', ({ command }) =>
      command.parent === null ? '' : '\nGlobal options (store, login, output): waypost help options',
    )
}

/** They ask no store, so no context can keep them from working. */
const withoutStore: ReadonlySet<string> = new Set(['serve', 'restore', 'context', 'completion'])

function topLevelName(command: Command): string {
  return command.parent?.parent ? topLevelName(command.parent) : command.name()
}
