import { readFile } from 'node:fs/promises'
import { messageOf } from '@waypost/core'
import { UsageError } from '../../command-line/exit-codes.ts'
import { readSomeStdin, readStdin } from '../../command-line/stdin.ts'

const nothing = 'Nothing came on standard input. Name a file; to use an empty document, write - for the file.'

/** A file that a command was given, byte for byte; standard input when there is none, or `-`. */
export async function readInput(file: string | undefined): Promise<Buffer> {
  if (file === undefined) return readSomeStdin(nothing)
  if (file === '-') return readStdin()
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
}
