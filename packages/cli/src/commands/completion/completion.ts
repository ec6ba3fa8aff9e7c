import type { Command } from 'commander'
import { Argument } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { terminal } from '../../terminal/terminal.ts'
import { scripts, shells } from './scripts.ts'

export function define(command: Command): void {
  command
    .description(
      'Print the completion script of a shell, or with `words`, the completions of a command line. Names of ' +
        'documents, services and instances come from the store, if it answers quickly.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices([...shells, 'words']))
    .argument('[words...]', 'the command line so far, for `words`')
    .addHelpText(
      'after',
      examples(
        ['waypost completion bash > /etc/bash_completion.d/waypost', ''],
        ['waypost completion zsh > ~/.zfunc/_waypost', 'with ~/.zfunc in fpath'],
        ['waypost completion fish > ~/.config/fish/completions/waypost.fish', ''],
      ),
    )
    .action(completion)
}

async function completion(
  shell: keyof typeof scripts | 'words',
  words: readonly string[],
  _own: GlobalOptions,
  command: Command,
): Promise<void> {
  if (shell !== 'words') {
    terminal.write(scripts[shell])
    return
  }
  const { completions } = await import('./completions.ts')
  const found = await completions(command.parent ?? command, words)
  terminal.write(found.map((word) => `${word}\n`).join(''))
}
