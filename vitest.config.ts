import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { patienceMs } from './packages/testkit/src/patience.ts'

/** Tests run on the sources of every package; workers run on `dist`, and the command line as it is published. */
const conditions = ['@waypost/source', 'module', 'node']

/** These take most of a run's time, the longest first. A test checks that they exist. */
export const longest = [
  'packages/testkit/test/benchmarks',
  'packages/cli/test/example-languages',
  'packages/testkit/test/packaging',
  'packages/cli/test/newcomer',
  'packages/hub/test/grpc-programs',
  'packages/nestjs/test/shop-example',
  'packages/cli/test/example-production',
  'packages/cli/test/docs/guides',
  'packages/testkit/test/contract-etcd',
  'packages/client/test/behaviours',
  'apps/console/test/',
  'packages/testkit/test/fuzz',
  'packages/testkit/test/differential',
  'packages/hub/test/rights',
  'packages/hub/test/killed-hubs',
  'packages/cli/src/etcdctl',
  'packages/cli/src/commands/access/access',
  'packages/cli/src/commands/config/config',
  'packages/cli/src/commands/gateway/gateway',
  'packages/cli/src/registry-and-config',
  'packages/cli/src/commands/hub/hub',
  'packages/cli/src/users-and-roles',
  'packages/cli/src/commands/serve/serve',
]

/** No worker is left alone with what takes long at the end, and files that share a process follow each other. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const place = longest.findIndex((path) => moduleId.includes(path))
      return (project.name === 'src' ? longest.length + 1 : 0) + (place === -1 ? longest.length : place)
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  test: {
    pool: 'forks',
    // Twice the processors that a small machine has: a worker often waits, for a process or for a clock.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Only a hang may meet these: a machine that stands still for seconds fails no test.
    testTimeout: 4 * patienceMs,
    hookTimeout: 4 * patienceMs,
    teardownTimeout: patienceMs,
    expect: { poll: { timeout: patienceMs, interval: 10 } },
    projects: [
      // Beside the source: in a process for many files, as most of their time would go into importing the same again.
      {
        extends: true,
        test: { name: 'src', isolate: false, include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'] },
      },
      // What looks at its whole process, or needs it for itself.
      { extends: true, test: { name: 'test', include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts'] } },
    ],
  },
})
