const tickMs = 20

/** What nobody notices in a lease of two seconds. */
const noticedMs = 400

/**
 * Plays a scene that real time decides, such as the life of a lease that another process holds. When it fails and this
 * process could not run for a while meanwhile, that says nothing about the scene, which is played again.
 */
export async function retryIfStalled(scene: () => Promise<void>): Promise<void> {
  for (;;) {
    const standstill = watchForStandstill()
    try {
      return await scene()
    } catch (error) {
      if (standstill.longestMs() < noticedMs) throw error
    } finally {
      standstill.stop()
    }
  }
}

function watchForStandstill(): { longestMs(): number; stop(): void } {
  let lastMs = performance.now()
  let longest = 0
  const look = (): void => {
    const nowMs = performance.now()
    longest = Math.max(longest, nowMs - lastMs - tickMs)
    lastMs = nowMs
  }
  const timer = setInterval(look, tickMs)
  return {
    longestMs: () => {
      look()
      return longest
    },
    stop: () => clearInterval(timer),
  }
}
