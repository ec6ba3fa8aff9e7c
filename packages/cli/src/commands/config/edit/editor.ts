import { UsageError } from '../../../command-line/exit-codes.ts'
import { ChildCommand, onSignals } from '../../../process/child-command.ts'

/** The command that the user edits texts with; it may hold options, as in `code --wait`. */
export function editorCommand(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.VISUAL || env.EDITOR
  if (named) return named
  if (process.stdin.isTTY && process.stdout.isTTY) return process.platform === 'win32' ? 'notepad' : 'vi'
  throw new UsageError('There is no terminal to edit on: set EDITOR, or use `waypost config publish`.')
}

/** Lets the user edit a file. The answer is the editor's exit code. */
export async function runEditor(editor: string, file: string): Promise<number> {
  const isWindows = process.platform === 'win32'
  // A shell takes the options apart; the file's name is no part of what it reads.
  const [command, args] = isWindows
    ? ['cmd.exe', ['/d', '/s', '/c', `${editor} "${file}"`]]
    : ['sh', ['-c', `${editor} "$@"`, 'sh', file]]
  const child = await ChildCommand.start(command, args)
  // Ctrl+C on a terminal is the editor's.
  using _ = onSignals((name) => {
    if (name !== 'SIGINT') child.signal(name)
  })
  return await child.exited
}
