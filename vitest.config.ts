import { defineConfig } from 'vitest/config'
import { patienceMs } from './packages/testkit/src/patience.ts'

/** Tests run on the sources of every package; child processes and workers run on `dist`. */
const conditions = ['@waypost/source', 'module', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only a hang may meet these: a machine that stands still for seconds fails no test.
    testTimeout: 4 * patienceMs,
    hookTimeout: 4 * patienceMs,
    expect: { poll: { timeout: patienceMs, interval: 10 } },
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
