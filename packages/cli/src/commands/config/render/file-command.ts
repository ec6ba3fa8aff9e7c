import { WaypostError } from '@waypost/core'
import { runShellCommand } from '../../../process/shell-command.ts'

/** Runs a command about a file, whose name stands where the command says `{}`. Fails when the command does. */
export async function runFileCommand(
  what: string,
  line: string,
  file: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const command = line.replaceAll('{}', () => quoted(file))
  const { code, timedOut, output } = await runShellCommand(command, { ...options, env: { WAYPOST_FILE: file } })
  if (code === 0) return
  const how = timedOut ? `did not end within ${options.timeoutMs / 1000} s` : `ended with exit code ${code}`
  const said = output === '' ? '' : `: ${output}`
  throw new WaypostError('failed-precondition', `The ${what} command \`${line}\` ${how}${said}`, { details: { code } })
}

function quoted(file: string): string {
  return process.platform === 'win32' ? `"${file}"` : `'${file.replaceAll("'", `'\\''`)}'`
}
