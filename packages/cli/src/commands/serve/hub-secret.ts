import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * By which the hub beside a store seals sessions and tokens. It lies beside the data, for its owner alone, so that they
 * outlive a restart; without data, it ends with the process, as the store does.
 */
export async function hubSecret(dataDir: string | undefined): Promise<string> {
  const made = randomBytes(32).toString('base64url')
  if (dataDir === undefined) return made
  const file = join(dataDir, 'hub-secret')
  try {
    await writeFile(file, made, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return await readFile(file, 'utf8')
  }
}
