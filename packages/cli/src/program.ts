import { Command } from 'commander'
import { addCommands } from './command-line/commands.ts'
import { addGlobalOptions } from './command-line/global-options.ts'
import { examples } from './command-line/help.ts'
import { commandList } from './command-list.ts'
import { terminal } from './terminal/terminal.ts'

/** The whole command line. Each command declares itself when it is asked for. */
export function buildProgram(): Command {
  const { bold } = terminal.colors
  const program = new Command('waypost')
    .description('Configuration centre and service registry on the etcd v3 API.')
    .usage('[options] <command>')
    .helpOption('-h, --help', 'explain a command')
    .optionsGroup('Global Options:')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => bold(title) })
  addGlobalOptions(program)
  addCommands(program, commandList)
  return program.addHelpText(
    'after',
    examples(
      ['waypost serve', 'a store on 127.0.0.1:2379, kept in ./.waypost'],
      ['waypost put /config/order/timeout 30', ''],
      ['waypost get --prefix /config/', ''],
      ['waypost get --help', 'explains a command'],
      ['waypost --version', ''],
    ),
  )
}
