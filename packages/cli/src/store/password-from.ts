import { spawn } from 'node:child_process'
import { UsageError } from '../command-line/exit-codes.ts'
import type { PasswordSource } from './contexts.ts'

const timeoutMs = 60_000

/** The password that a context refers to. Its command may ask on this terminal. */
export async function passwordFrom(source: PasswordSource, user: string): Promise<string> {
  if ('env' in source) {
    const password = process.env[source.env]
    if (password) return password
    throw new UsageError(`The password of ${user} is to come from ${source.env}, which is not set.`)
  }
  const { code, stdout } = await runForOutput(source.command)
  const [password = ''] = stdout.split(/\r?\n/, 1)
  if (code === 0 && password !== '') return password
  const how = code === 0 ? 'printed nothing' : `ended with exit code ${code}`
  throw new UsageError(`The command for the password of ${user} ${how}: ${source.command}`)
}

function runForOutput(line: string): Promise<{ readonly code: number | null; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(line, { shell: true, stdio: ['inherit', 'pipe', 'inherit'], timeout: timeoutMs })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout }))
  })
}
