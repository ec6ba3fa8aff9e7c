import type { Command } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { table } from '../../print/table.ts'
import { withStore } from '../../store/store.ts'
import { storeOptions } from '../../store/store-options.ts'
import { terminal } from '../../terminal/terminal.ts'
import { checkDisk } from './check-disk.ts'
import { checkKeys } from './check-keys.ts'
import { checkMachine } from './check-machine.ts'
import { checkStore } from './check-store.ts'
import type { Finding, Severity } from './findings.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description(
      'Check the store, its clocks, latency, versions, space, disk, certificates and permissions, and ' +
        'leftover records; report what is wrong and what to do. Exits with code 1 if there is a problem.',
    )
    .option('--data-dir <directory>', 'also check the disk there. Default: ./.waypost, for a store on this machine')
    .addHelpText(
      'after',
      examples(
        ['waypost doctor', ''],
        ['waypost doctor --data-dir /var/lib/waypost', 'the disk of the store, too'],
        ['waypost doctor -o json', 'for monitoring'],
      ),
    )
    .action(doctor)
}

interface DoctorOptions extends GlobalOptions {
  readonly dataDir?: string
}

async function doctor(_own: DoctorOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DoctorOptions>()
  const findings = await withStore(options, async (etcd) => [
    ...(await checkMachine(await storeOptions(options))),
    ...(await checkStore(etcd)),
    ...(await checkDisk(etcd.endpoints, options.dataDir)),
    ...(await checkKeys(etcd)),
  ])
  const text = (): string => findingsTable(findings)
  await output.print(options, { simple: text, table: text, json: () => findings })
  if (findings.some(({ severity }) => severity === 'problem')) process.exitCode = exitCodes.failed.code
}

function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, severity, found }) => [coloured(severity), check, found])
  const cures = findings.flatMap(({ check, cure }) => (cure === undefined ? [] : [`${check}: ${cure}\n`]))
  const todo = cures.length === 0 ? 'Nothing is wrong.\n' : `\n${cures.join('')}`
  return table(['', 'CHECK', 'FOUND'], rows, { ...terminal.tableStyle, columns: undefined }) + todo
}

function coloured(severity: Severity): string {
  const { green, red, yellow } = terminal.colors
  if (severity === 'ok') return green('ok')
  return severity === 'warning' ? yellow('warning') : red('PROBLEM')
}
