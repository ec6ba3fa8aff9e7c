import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import workspace from '../../../../vitest.config.ts'

const modules = fileURLToPath(new URL('node_modules/', import.meta.url))
const scoped = ['@nestjs', '@grpc'].flatMap((scope) =>
  readdirSync(`${modules}${scope}`).map((name) => `${scope}/${name}`),
)

/** The tests of this package with what is installed here, in the place of Nest 12. */
// biome-ignore lint/style/noDefaultExport: vitest asks for one
export default mergeConfig(workspace, {
  test: { env: { NEST: '11' } },
  resolve: {
    alias: [...scoped, 'rxjs', 'reflect-metadata'].map((name) => ({
      find: new RegExp(`^${name}(?=/|$)`),
      replacement: `${modules}${name}`,
    })),
  },
})
