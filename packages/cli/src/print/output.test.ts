import { expect, test } from 'vitest'
import { outputOf } from '../command-line/commands.ts'
import { everyCommand, exampleOf, isLeaf } from '../every-command.test-support.ts'
import { buildProgram } from '../program.ts'
import { jsonLine } from './json-line.ts'
import { Output, outputFormats } from './output.ts'

test('a format that a command lacks is refused, with those that it has', () => {
  const output = new Output('simple', 'json')
  expect(() => output.check({ writeOut: 'table' })).toThrow('no output format `table`; it has simple and json.')
  expect(() => output.check({ writeOut: 'json' })).not.toThrow()
  expect(() => output.check({})).not.toThrow()
})

test('JSON keeps every digit, and takes what answers hold', () => {
  const answer = {
    revision: 9_223_372_036_854_775_807n,
    bytes: new Uint8Array([0, 255]),
    at: new Date(0),
    labels: new Map([['zone', 'eu-1']]),
    absent: undefined,
    list: [undefined, Number.NaN],
  }
  expect(jsonLine(answer)).toBe(
    '{"revision":9223372036854775807,"bytes":"AP8=","at":"1970-01-01T00:00:00.000Z","labels":{"zone":"eu-1"},' +
      '"list":[null,null]}\n',
  )
})

test('every command refuses the formats that it lacks, before it does anything', async () => {
  const commands = (await everyCommand(buildProgram())).filter(([, command]) => isLeaf(command))
  expect(commands.length).toBeGreaterThan(80)
  for (const [name, command] of commands) {
    const { formats } = outputOf(command)
    for (const format of outputFormats.filter((each) => !formats.includes(each))) {
      const running = buildProgram().parseAsync([...exampleOf(name, command), '-w', format], { from: 'user' })
      await expect(running, `${name} -w ${format}`).rejects.toThrow(`no output format \`${format}\``)
    }
  }
})
