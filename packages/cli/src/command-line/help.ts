import { terminal } from '../terminal/terminal.ts'

/** The examples under a command's help: the line to type, and what it does where that is not plain. */
export function examples(...lines: readonly (readonly [command: string, explanation: string])[]): string {
  const { bold, dim } = terminal.colors
  const width = Math.max(...lines.map(([command]) => command.length))
  const body = lines.map(([command, explanation]) =>
    explanation === '' ? `  ${command}` : `  ${command.padEnd(width)}  ${dim(`# ${explanation}`)}`,
  )
  return `\n${bold('Examples:')}\n${body.join('\n')}`
}
