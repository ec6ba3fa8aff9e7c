import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { durationText } from './command-line/help-format.ts'
import { everyCommand } from './every-command.test-support.ts'
import { buildProgram } from './program.ts'
import { waypost } from './waypost.test-support.ts'

const program = buildProgram()
const commands = await everyCommand(program)

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  return help
}

test('the first page has the commands first, and the global options last and once', () => {
  const help = helpOf(program)
  const places = ['Server:', 'Examples:', 'Global options:'].map((title) => help.indexOf(title))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places[0]).toBeGreaterThan(0)
  expect(help.match(/--endpoints <urls>/g)).toHaveLength(1)
})

test('the page of a command points to the global options, and does not repeat them', async () => {
  for (const [name, command] of commands) {
    const help = helpOf(command)
    expect(help, name).not.toContain('--insecure-skip-tls-verify')
    expect(help, name).toContain('waypost help options')
  }
  const page = await waypost(['help', 'options'])
  expect(page).toMatchObject({ code: 0, stdout: expect.stringContaining('--insecure-skip-tls-verify') })
})

test('every default has its unit, and is shown once', () => {
  for (const [name, command] of commands) {
    for (const option of command.options) {
      const described = command.createHelp().optionDescription(option)
      expect(described.match(/\(default/g)?.length ?? 0, `${name} ${option.flags}`).toBeLessThan(2)
      if (/<(time|seconds)>/.test(option.flags) && described.includes('(default'))
        expect(described, `${name} ${option.flags}`).toMatch(/\(default: "?\d+ ?(ms|s|m|h)"?\)/)
    }
  }
  expect([500, 10_000, 120_000].map(durationText)).toEqual(['500ms', '10s', '2m'])
})

test("every flag takes etcdctl's spellings --flag=true and --flag=false", () => {
  let count = 0
  for (const [name, command] of commands) {
    for (const option of command.options.filter(({ required, optional }) => !required && !optional)) {
      count += 1
      expect(command.parseOptions([`${option.long}=true`]).unknown, `${name} ${option.long}=true`).toEqual([])
      expect(command.getOptionValue(option.attributeName())).toBe(!option.negate)
      expect(command.parseOptions([`${option.long}=false`]), `${name} ${option.long}=false`).toEqual({
        operands: [],
        unknown: [],
      })
    }
  }
  expect(count).toBeGreaterThan(30)
})
