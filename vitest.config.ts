import { defineConfig } from 'vitest/config'
import { patienceMs } from './packages/testkit/src/patience.ts'

/** Tests run on the sources of every package; child processes and workers run on `dist`. */
const conditions = ['@waypost/source', 'module', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  test: {
    pool: 'forks',
    // More than the two processors that a small machine has: a worker often waits, for a process or for a clock.
    maxWorkers: 3,
    // Only a hang may meet these: a machine that stands still for seconds fails no test.
    testTimeout: 4 * patienceMs,
    hookTimeout: 4 * patienceMs,
    teardownTimeout: patienceMs,
    expect: { poll: { timeout: patienceMs, interval: 10 } },
    projects: [
      // Beside the source: in a process for many files, as most of their time would go into importing the same again.
      { extends: true, test: { name: 'src', isolate: false, include: ['packages/*/src/**/*.test.ts'] } },
      // What looks at its whole process, or needs it for itself.
      { extends: true, test: { name: 'test', include: ['packages/*/test/**/*.test.ts'] } },
    ],
  },
})
