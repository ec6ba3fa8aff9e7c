import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { commandList } from './command-list.ts'
import { addCommands } from './commands.ts'
import { addGlobalOptions } from './global-options.ts'
import { examples } from './help.ts'
import { terminal } from './terminal.ts'

/** The whole command line. Each command declares itself when it is asked for. */
export function buildProgram(): Command {
  const { bold } = terminal.colors
  const program = new Command('waypost')
    .description('Configuration centre and service registry on the etcd v3 API.')
    .usage('[options] <command>')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand(false)
    .optionsGroup('Global options:')
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
    ),
  )
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}
