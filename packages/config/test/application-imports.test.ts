import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const administrative = ['diff', 'node-diff3', 'ajv', 'ajv/dist/2020.js', 'liquidjs']

/** Everything that the built modules of an entry point lead to, loaded at once or later. */
async function reachableFrom(entryPoint: string): Promise<{ modules: string[]; packages: Set<string> }> {
  const { metafile } = await build({
    entryPoints: [beside(entryPoint)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  return {
    modules: Object.keys(metafile.inputs),
    packages: new Set(imports.filter(({ external }) => external).map(({ path }) => path)),
  }
}

it('leads an application that only loads to none of the libraries that administer', async () => {
  const { modules, packages } = await reachableFrom('../dist/index.js')
  expect(modules.filter((path) => /\/(?:admin|render)\//.test(path))).toEqual([])
  expect([...packages].filter((name) => administrative.includes(name))).toEqual([])
  expect([...packages].sort()).toContain('yaml')
})

it('finds these libraries behind the other entry points, so that their names are the right ones', async () => {
  const others = ['admin/index.js', 'render/index.js', 'render/template-worker.js']
  const reachable = await Promise.all(others.map((path) => reachableFrom(`../dist/${path}`)))
  const found = new Set(reachable.flatMap(({ packages }) => [...packages]))
  expect(administrative.filter((name) => !found.has(name))).toEqual([])
})
