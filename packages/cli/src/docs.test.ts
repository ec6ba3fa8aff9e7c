import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { exitCodes } from './command-line/exit-codes.ts'
import { everyCommand } from './every-command.test-support.ts'
import { buildProgram } from './program.ts'

const reference = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8')

test('every exit code is documented with its meaning, and no other', () => {
  const documented = [...reference.matchAll(/^\| (\d+) +\| `(\w+)` +\| (.+?) +\|$/gm)].map(
    ([, code, name, meaning]) => [name, { code: Number(code), meaning }],
  )
  expect(Object.fromEntries(documented)).toEqual(exitCodes)
})

test('every command and option is documented, and every documented one exists', async () => {
  const program = buildProgram()
  const existing = new Map(await sectionsOf(program, 'waypost'))
  existing.delete('waypost')
  const documented = new Map(
    reference
      .split(/^(?=##+ )/m)
      .filter((section) => /^##+ `waypost /.test(section))
      .map((section) => [commandOf(section), optionsIn(section)]),
  )
  expect(documented).toEqual(existing)
})

test('every global option is documented', () => {
  const section = reference.split('## Global options')[1]?.split('\n## ')[0] ?? ''
  expect(optionsIn(section).toSorted()).toEqual([...optionsOf(buildProgram()), '--help', '--version'].toSorted())
})

test('every command explains itself with an example', async () => {
  const commands = await everyCommand(buildProgram())
  for (const [name, command] of commands) {
    expect(command.description(), name).not.toBe('')
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    expect(help, name).toMatch(/Examples:\n {2}waypost /)
  }
})

async function sectionsOf(program: Command, name: string): Promise<[string, string[]][]> {
  return (await everyCommand(program, name)).map(([path, command]) => [path, optionsOf(command)])
}

function optionsOf(command: Command): string[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long }) => long ?? '')
    .toSorted()
}

/** The options in a table's first column. */
function optionsIn(section: string): string[] {
  const cells = [...section.matchAll(/^\| (`-.*?) \|/gm)].map(([, cell]) => cell ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/(--[a-z-]+)/g)].map(([, option]) => option ?? '')).toSorted()
}

/** "## `waypost lease grant <seconds>`" is about `waypost lease grant`. */
function commandOf(section: string): string {
  const [, words = ''] = /^##+ `([^`]+)`/.exec(section) ?? []
  return words.replaceAll(/ [<[].*$/g, '')
}
