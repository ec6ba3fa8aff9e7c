import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { patienceMs } from './packages/testkit/src/patience.ts'

/** Tests run on the sources of every package; workers run on `dist`, and the command line as it is published. */
const conditions = ['@waypost/source', 'module', 'node']

/**
 * Each has a process of its own: it looks at what its process holds, fills or burdens it, or is about programs and
 * imports next to nothing. All others share a few processes, as most of their time would go into importing the same
 * again: they leave nothing behind. A test checks that these exist.
 */
export const alone = [
  'packages/cli/test/',
  'packages/cli/test/docs/',
  'packages/client/test/',
  'packages/config/test/',
  'packages/coordination/test/',
  'packages/registry/test/',
  'packages/rpc/test/',
  'packages/server/test/',
  'packages/testkit/test/',
  'packages/hub/test/curl-story',
  'packages/hub/test/dns-programs',
  'packages/hub/test/envoy-endpoints',
  'packages/hub/test/generated-clients',
  'packages/hub/test/grpc-programs',
  'packages/hub/test/hub-faults',
  'packages/hub/test/killed-hubs',
  'packages/hub/test/openapi',
  'packages/hub/test/schemathesis',
  'packages/nestjs/test/grpc',
  'packages/nestjs/test/guide-project',
  'packages/nestjs/test/nest-versions',
  'packages/nestjs/test/shop-example',
]

const tests = ['packages/*/{src,test}/**/*.test.ts', 'apps/*/{src,test}/**/*.test.ts']
const ownProcess = alone.map((path) => `${path}*.test.ts`)

/** These take most of a run's time, the longest first. A test checks that they exist. */
export const longest = [
  'packages/testkit/test/benchmarks',
  'packages/testkit/test/packaging',
  'packages/cli/test/newcomer',
  'packages/nestjs/test/shop-example',
  'packages/cli/test/example-production',
  'packages/hub/test/hub-faults',
  'packages/hub/test/killed-hubs',
  'packages/cli/test/gateway-under-fire',
  'packages/testkit/test/fuzz',
  'packages/config/test/hostile-documents',
  'packages/server/test/floods',
  'packages/cli/test/docs/guides',
  'apps/console/test/',
  'packages/cli/src/commands/hub/hub',
  'packages/cli/src/commands/serve/serve',
  'packages/config/src/admin/publish/publish',
  'packages/testkit/test/contract',
  'packages/coordination/test/faults',
  'packages/cli/src/commands/gateway/gateway',
  'packages/registry/test/rolling-deploy',
  'packages/hub/test/rights',
  'packages/cli/src/etcdctl',
  'packages/client/test/behaviours',
]

/** No worker is left alone with what takes long at the end, and files that share a process follow each other. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const place = longest.findIndex((path) => moduleId.includes(path))
      return (project.name === 'shared' ? longest.length + 1 : 0) + (place === -1 ? longest.length : place)
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
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: tests, exclude: [...configDefaults.exclude, ...ownProcess] },
      },
      { extends: true, test: { name: 'alone', include: ownProcess } },
    ],
  },
})
