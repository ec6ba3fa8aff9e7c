import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'

test.skipIf(process.platform === 'win32')(
  'a snapshot is for its owner alone, also in the place of another',
  async () => {
    const directory = makeTempDir('snapshot-mode')
    onTestFinished(() => removeTempDir(directory))
    const store = await startStore()
    onTestFinished(() => store.close())
    const file = join(directory, 'backup.db')
    for (const left of [file, `${file}.part`]) writeFileSync(left, 'before', { mode: 0o644 })
    const exit = await waypost(['snapshot', 'save', file, '--endpoints', store.url])
    expect(exit).toMatchObject({ code: 0, stdout: `Snapshot saved at ${file}\n` })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  },
)
