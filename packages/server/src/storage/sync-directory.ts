import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes the names in a directory durable. Windows has no such call, and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Makes the files in a directory durable, and their names. */
export async function syncTree(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    const file = await open(join(path, name), 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }
  await syncDirectory(path)
}
