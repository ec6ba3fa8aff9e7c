import type { Command } from 'commander'
import { type FormatOption, type Output, textOutput } from '../print/output.ts'

/** A command's own file: it declares arguments, options, help and what to do. */
export interface CommandModule {
  define(command: Command): void
  /** The formats of its answers; text alone when it names none. Others are refused before it does anything. */
  readonly output?: Output
}

export interface CommandEntry {
  readonly name: string
  readonly alias?: string | undefined
  readonly group?: string | undefined
  readonly summary: string
  load(): Promise<CommandModule>
}

const outputs = new WeakMap<Command, Output>()

/** The formats of a command's answers. */
export function outputOf(command: Command): Output {
  return outputs.get(command) ?? textOutput
}

/** Adds commands under their names. Each one's file is loaded only when it is asked for, so that all start fast. */
export function addCommands(parent: Command, entries: readonly CommandEntry[]): void {
  parent.helpCommand(false)
  for (const { name, alias, group, summary } of entries) {
    const command = parent.command(name).summary(summary)
    if (alias !== undefined) command.alias(alias)
    if (group !== undefined) command.helpGroup(group)
  }
  parent.hook('preSubcommand', async (_parent, command) => {
    // The hook also runs for the commands below, which have entries of their own.
    if (command.parent !== parent) return
    const module = await entries.find(({ name }) => name === command.name())?.load()
    module?.define(command)
    const output = module?.output ?? textOutput
    outputs.set(command, output)
    command.hook('preAction', (_command, action) => {
      // The hook also runs for the commands below.
      if (action === command) output.check(command.optsWithGlobals<FormatOption>())
    })
  })
}
