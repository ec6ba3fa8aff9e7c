import type { Command } from 'commander'

/** Every command below, with its whole name, defined. */
export async function everyCommand(parent: Command, path = 'waypost'): Promise<[string, Command][]> {
  const found: [string, Command][] = []
  for (const command of parent.commands) {
    await defined(parent, command)
    const name = `${path} ${command.name()}`
    found.push([name, command], ...(await everyCommand(command, name)))
  }
  return found
}

/** Runs the hook that loads a command's own file, by asking for its help. */
async function defined(parent: Command, command: Command): Promise<void> {
  const quiet = { writeOut: () => {}, writeErr: () => {} }
  parent.configureOutput(quiet)
  command.configureOutput(quiet).exitOverride()
  await parent.parseAsync([command.name(), '--help'], { from: 'user' }).catch(() => {})
}

/** The words of the first example of a command in its help, without `waypost`. */
export function exampleOf(name: string, command: Command): string[] {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  const examples = help.slice(help.indexOf('Examples:'))
  const rest = '.*?)(?: {2}#| &&| <| >|$)'
  const own = new RegExp(`waypost (${name.slice('waypost '.length)}${rest}`, 'm').exec(examples)
  // A command with two names may show the other one.
  const [, words = ''] = own ?? new RegExp(`waypost (${rest}`, 'm').exec(examples) ?? []
  return [...words.matchAll(/'[^']*'|"[^"]*"|[^\s'"]+/g)].map(([word]) => word.replaceAll(/^['"]|['"]$/g, ''))
}

/** Whether it does something itself, and is not only a name for the commands below. */
export function isLeaf(command: Command): boolean {
  return command.commands.length === 0 || command.registeredArguments.length > 0
}
