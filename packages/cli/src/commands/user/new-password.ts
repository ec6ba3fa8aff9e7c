import { UsageError } from '../../command-line/exit-codes.ts'
import { readStdin } from '../../command-line/stdin.ts'
import { promptPassword } from '../../store/password-prompt.ts'

/** The new password of a user: asked for twice on the terminal, or else the first line of standard input. */
export async function newPassword(user: string, interactive: boolean): Promise<string> {
  if (!interactive) return (await readStdin()).toString().split(/\r?\n/, 1)[0] ?? ''
  if (!process.stdin.isTTY)
    throw new UsageError('The password prompt needs a terminal: use --interactive=false to read it from a pipe.')
  const password = await promptPassword(`Password of ${user}: `)
  if ((await promptPassword(`Type password of ${user} again for confirmation: `)) !== password)
    throw new UsageError('The two passwords are different: nothing was changed.')
  return password
}

/** Reads `true` or `false`, as in `--interactive=false`. */
export const interactiveOption = [
  '--interactive [boolean]',
  'false: read the password from standard input, not from the terminal (default: true)',
] as const
