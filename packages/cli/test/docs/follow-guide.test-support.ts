import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program, run } from '@waypost/testkit'
import { expect, onTestFinished } from 'vitest'
import type { CodeBlock } from './pages.test-support.ts'

/**
 * Follows a guide, block by block, as its reader would. What stands behind the language of a block says what becomes of
 * it: `run` is run to its end, `background` until the end of the page, `file=<name>` is saved; `output` is what the block
 * before it prints, `shows` what the last program in the background comes to print.
 */
export async function followGuide(blocks: readonly CodeBlock[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  let printed = ''
  let background: Program | undefined
  for (const block of blocks) {
    const [file] = block.flags.flatMap((flag) => (flag.startsWith('file=') ? [flag.slice('file='.length)] : []))
    if (file) writeFileSync(join(cwd, file), block.code)
    if (block.flags.includes('background')) {
      const program = await Program.start('sh', ['-c', `exec ${block.code.replace(/^npx /, '').trim()} 2>&1`], {
        cwd,
        env,
      })
      onTestFinished(async () => {
        await program.stop()
      })
      await program.waitForOutput(/\n/, 30_000)
      background = program
    } else if (block.flags.includes('run')) {
      const exit = await execute(block, cwd, env)
      expect(exit, `${block.page}:${block.line}`).toMatchObject({ code: 0, stderr: '' })
      printed = exit.stdout
    } else if (block.flags.includes('shows')) {
      await background?.waitForOutput(block.code, 30_000)
    } else if (block.flags.includes('output')) {
      expect(printed.trimEnd(), `${block.page}:${block.line}`).toBe(block.code.trimEnd())
    }
  }
}

function execute(block: CodeBlock, cwd: string, env: NodeJS.ProcessEnv) {
  if (block.language === 'sh') return run('sh', ['-e', '-c', block.code], { cwd, env, timeoutMs: 120_000 })
  const program = join(cwd, 'program.mjs')
  writeFileSync(program, block.code)
  return run(process.execPath, [program], { cwd, env, timeoutMs: 120_000 })
}
