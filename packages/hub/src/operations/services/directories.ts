import type { Directory, Registry } from '@waypost/registry'

/** A directory that nobody asks any more is closed after this. */
const idleMs = 60_000

interface Kept {
  readonly opening: Promise<Directory>
  timer: NodeJS.Timeout | undefined
  users: number
}

const kept = new WeakMap<Registry, Kept>()

/** Runs the work on the directory of all services with the rights of one login, which stays open for the next. */
export async function withDirectory<R>(registry: Registry, work: (directory: Directory) => R): Promise<R> {
  const entry = kept.get(registry) ?? { opening: registry.followAll(), timer: undefined, users: 0 }
  kept.set(registry, entry)
  clearTimeout(entry.timer)
  entry.users += 1
  try {
    return work(await entry.opening)
  } catch (error) {
    kept.delete(registry)
    throw error
  } finally {
    entry.users -= 1
    if (entry.users === 0) entry.timer = setTimeout(() => close(registry, entry), idleMs).unref()
  }
}

function close(registry: Registry, entry: Kept): void {
  kept.delete(registry)
  void entry.opening.then(
    (directory) => directory.close(),
    () => undefined,
  )
}
