import { ProgressLine } from './progress-line.ts'

const intervalMs = 500

/** Says on the terminal, until disposed of, what is waited for and for how long, where nothing else can be said. */
export function showWait(what: string): Disposable {
  const line = new ProgressLine()
  const beganMs = performance.now()
  const timer = setInterval(() => {
    line.show(() => `${what}: ${Math.floor((performance.now() - beganMs) / 1_000)} s`)
  }, intervalMs)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      line.clear()
    },
  }
}
