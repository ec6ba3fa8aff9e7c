import type { Command } from 'commander'

/** A command's own file: it declares arguments, options, help and what to do. */
export interface CommandModule {
  define(command: Command): void
}

export interface CommandEntry {
  readonly name: string
  readonly alias?: string | undefined
  readonly group?: string | undefined
  readonly summary: string
  load(): Promise<CommandModule>
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
  })
}
