import { UsageError } from '../command-line/exit-codes.ts'

/** The password that the user logs in with. */
export async function loginPassword(user: string): Promise<string> {
  if (process.stdin.isTTY) return promptPassword(`Password for ${user}: `)
  throw new UsageError(`The user ${user} needs a password: set WAYPOST_PASSWORD, or give --user ${user}:password.`)
}

/** Asks for a password on the terminal, without showing what is typed. */
export async function promptPassword(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  try {
    return await readLine(stdin)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = ''
    const done = (settle: () => void): void => {
      stdin.off('data', onData)
      stdin.off('end', cancelled)
      settle()
    }
    const cancelled = (): void => done(() => reject(new UsageError('No password was given.')))
    const onData = (chunk: string): void => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') {
          done(() => resolve(typed))
          return
        }
        if (character === '\u0003' || character === '\u0004') {
          cancelled()
          return
        }
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('')
        else typed += character
      }
    }
    stdin.on('data', onData)
    stdin.on('end', cancelled)
    stdin.resume()
  })
}
