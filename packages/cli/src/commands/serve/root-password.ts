import { readFileSync } from 'node:fs'
import { messageOf } from '@waypost/core'
import { UsageError } from '../../command-line/exit-codes.ts'

/** The password for the user root at the first start: the file's first line, else the environment's. */
export function rootPassword(file: string | undefined): string | undefined {
  if (file === undefined) return process.env.WAYPOST_ROOT_PASSWORD || process.env.ETCD_ROOT_PASSWORD || undefined
  const password = read(file).split(/\r?\n/, 1)[0]
  if (!password) throw new UsageError(`The first line of ${file} is empty: it must hold the password.`)
  return password
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--root-password-file cannot be read: ${messageOf(error)}`)
  }
}
