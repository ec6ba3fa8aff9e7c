import { fileURLToPath } from 'node:url'
import { Program } from '@waypost/testkit'
import { expect, test } from 'vitest'

const built = fileURLToPath(new URL('../../dist/terminal/interrupt.js', import.meta.url))
const stubborn = `
  import { onInterrupt } from ${JSON.stringify(built)}
  const { signal } = onInterrupt()
  signal.addEventListener('abort', () => console.log('asked to end'))
  setInterval(() => {}, 1000)
  console.log('runs')
`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second %s ends at once what has not ended at the first', async (signal, code) => {
  await using program = await Program.start(process.execPath, ['--input-type=module', '-e', stubborn])
  await program.waitForOutput('runs')
  program.signal(signal)
  await program.waitForOutput('asked to end')
  // The same press may arrive twice: that alone must not count.
  program.signal(signal)
  const again = setInterval(() => program.signal(signal), 20)
  const exit = await program.exited.finally(() => clearInterval(again))
  expect(exit).toMatchObject({ code, signal: null, stdout: 'runs\nasked to end\n' })
})
