import { fileURLToPath } from 'node:url'
import { recordSkip, run } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../src/hub.test-support.ts'

const foreign = fileURLToPath(new URL('foreign/', import.meta.url))

const languages = [
  {
    name: 'Go',
    id: 'go',
    host: '10.0.0.8',
    check: ['go', 'mod', 'download'],
    command: ['go', 'run', '.'],
    missing: 'Go or its modules are not there',
  },
  {
    name: 'Python',
    id: 'python',
    host: '10.0.0.7',
    check: ['python3', '-c', 'import grpc, grpc_reflection'],
    command: ['python3', '../names.py'],
    missing: 'Python or grpcio and grpcio-reflection are not there',
  },
] as const

it.each(languages)(
  'a program in $name finds the service by reflection, registers, lists, picks and leaves',
  async (language) => {
    const inDirectory = { cwd: `${foreign}go`, env: process.env, timeoutMs: 170_000 }
    const [checker, ...checkArgs] = language.check
    const probe = await run(checker, checkArgs, inDirectory).catch(() => undefined)
    if (probe?.code !== 0) {
      recordSkip(`names over gRPC in ${language.name}`, language.missing)
      return
    }
    await using running = await startStoreAndHub()
    const [command, ...args] = language.command
    const { hub } = running
    const { stdout, stderr } = await run(command, [...args, `${hub.host}:${hub.port}`], inDirectory)
    const { id, host } = language
    const expected = [`registered ${id}`, 'alive 10', `listed ${id} ${host} 50051 2.5`, `picked ${id}`, 'left 0', '']
    expect(stdout, stderr).toBe(expected.join('\n'))
  },
  200_000,
)
