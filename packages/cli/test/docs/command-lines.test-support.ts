import type { Command } from 'commander'

/** The words behind `waypost` of every such command in a shell script: text in quotes is one word. */
export function waypostCommands(script: string): string[][] {
  const joined = script.replaceAll('\\\n', ' ')
  return joined.split('\n').flatMap((line) =>
    line
      .split(/\s(?:\||&&|;)\s|;\s/)
      .map((part) => /(?:^|\s)(?:npx )?(?:waypost|@waypost\/cli) (.+)$/.exec(part.replace(/\s#\s.*$/, ''))?.[1])
      .filter((text) => text !== undefined)
      .map((text) =>
        [...text.matchAll(/'[^']*'|"[^"]*"|[^\s'"]+/g)].map(([word]) => word.replaceAll(/^['"]|['"]$/g, '')),
      )
      .filter(([first]) => first !== undefined && /^[a-z-]+$/.test(first)),
  )
}

/** What is wrong with the command's name or options. */
export async function commandProblem(program: Command, words: readonly string[]): Promise<string | undefined> {
  const globals = new Set([...optionsOf(program), '--help', '-h', '--version', '-V', '-w', '--write-out'])
  let command = program
  let depth = 0
  for (const word of words) {
    if (word === '--') break
    if (word.startsWith('-')) continue
    const next = command.commands.find((child) => child.name() === word || child.aliases().includes(word))
    if (!next) break
    await load(command, next)
    command = next
    depth += 1
  }
  if (depth === 0) return `there is no command ${words[0]}`
  const known = new Set([...globals, ...optionsOf(command)])
  const end = words.indexOf('--')
  const unknown = words
    .slice(0, end === -1 ? undefined : end)
    .filter((word) => /^--?[a-z]/i.test(word))
    .map((word) => word.split('=')[0] ?? '')
    .filter((word) => !known.has(word))
  return unknown.length > 0 ? `there is no option ${unknown.join(', ')}` : undefined
}

function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long, short }) => [long, short]).filter((name) => typeof name === 'string')
}

/** Commands are defined when they are first asked for: their help asks. */
async function load(parent: Command, command: Command): Promise<void> {
  const quiet = { writeOut: () => {}, writeErr: () => {} }
  parent.configureOutput(quiet)
  command.configureOutput(quiet).exitOverride()
  await parent.parseAsync([command.name(), '--help'], { from: 'user' }).catch(() => {})
}
