import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { Engine } from '../src/apply/engine.ts'
import { rangeRequest } from '../src/apply/requests.test-support.ts'
import { directoryBackend } from '../src/storage/open-backend.ts'
import { temporaryDirectory } from '../src/temporary-directory.test-support.ts'

/** Puts 3,000 values of 8 KiB in a process whose files may not grow beyond 12 MiB: the tree's soon wants to. */
const program = `
  import { Engine } from '${new URL('../dist/apply/engine.js', import.meta.url)}'
  import { directoryBackend } from '${new URL('../dist/storage/open-backend.js', import.meta.url)}'
  import { PutRequest } from '@waypost/protocol'
  const warnings = []
  const engine = await Engine.open({ backend: directoryBackend(process.argv[1]), onWarning: (message) => warnings.push(message) })
  const value = Buffer.alloc(8192, 1)
  for (let n = 0; n < 3000; n += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, m) => engine.propose('put', PutRequest.create({ key: Buffer.from('k' + (n + m)), value })))
    )
  await engine.close()
  console.log(JSON.stringify({ warnings, revision: engine.revision }))`

it.skipIf(process.platform === 'win32')(
  'goes on while the tree cannot grow, and has everything when it can',
  async () => {
    const dataDir = temporaryDirectory()
    // Blocks of 512 bytes. The signal is ignored, so that a write beyond the limit fails and nothing else.
    const script = 'trap \'\' XFSZ; ulimit -f 24576; exec "$0" --input-type=module -e "$1" "$2"'
    const child = spawn('sh', ['-c', script, process.execPath, program, dataDir], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const output = await text(child.stdout)
    const { warnings, revision } = JSON.parse(output)
    expect(revision).toBe(3_001)
    expect(warnings).toEqual([expect.stringContaining('the log grows until it can')])
    const engine = await Engine.open({ backend: directoryBackend(dataDir) })
    expect(engine.revision).toBe(3_001)
    expect(engine.range(rangeRequest('\0', '\0', { countOnly: true })).count).toBe(3_000)
    await engine.close()
  },
)
