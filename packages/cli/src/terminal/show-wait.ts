import { ProgressLine } from './progress-line.ts'

const intervalMs = 500

/** Says on the terminal, until the promise settles, what is waited for and for how long, where no more can be said. */
export async function showWait<T>(what: string, promise: Promise<T>): Promise<T> {
  const line = new ProgressLine()
  const beganMs = performance.now()
  const timer = setInterval(() => {
    line.show(() => `${what}: ${Math.floor((performance.now() - beganMs) / 1_000)} s`)
  }, intervalMs)
  try {
    return await promise
  } finally {
    clearInterval(timer)
    line.clear()
  }
}
