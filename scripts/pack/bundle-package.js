import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { build } from 'esbuild'

/** Programs that nobody imports by the name of a package: a worker, and what `bin` starts. */
const programs = {
  '@waypost/cli': ['commands/serve/hub-worker.js'],
  '@waypost/config': ['documents/document-worker.js', 'render/template-worker.js'],
  '@waypost/gateway': ['workers/worker-main.js'],
  '@waypost/server': [
    'auth/password-worker.js',
    'apply/store-worker.js',
    'storage/copy-worker.js',
    'storage/verify-worker.js',
    'http/gateway/json-worker.js',
  ],
}

/** Stands in the code for the place of a module until it is known which file the module went to. */
const placeOf = 'waypost-place-of:'

/**
 * Replaces the modules in `dist` by a file for each entrance and program, and files for what these share or load later.
 * Types stay as they are.
 *
 * @param {string} directory a copy of the package, with its built files
 */
export async function bundlePackage(directory) {
  const { name, exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const dist = join(directory, 'dist')
  const entrances = Object.values(exports).map((conditions) => join(directory, conditions.default))
  const { outputFiles, metafile } = await build({
    absWorkingDir: directory,
    entryPoints: [...entrances, ...(programs[name] ?? []).map((program) => join(dist, program))],
    outbase: dist,
    outdir: dist,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    charset: 'utf8',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
    allowOverwrite: true,
    logLevel: 'warning',
    plugins: [keepPlaces(dist, entrances.length === 1 ? entrances[0] : undefined)],
  })
  const modules = filesOf(dist).filter((file) => /\.js(\.map)?$/.test(file))
  const bundled = new Set(Object.keys(metafile.inputs))
  const forgotten = modules.filter((file) => file.endsWith('.js') && !bundled.has(`dist/${file}`) && doesAnything(file))
  if (forgotten.length > 0)
    throw new Error(`No entrance or program of ${name} leads to ${forgotten.join(', ')}: is a program not listed?`)
  for (const file of modules) rmSync(join(dist, file))
  for (const { path, text } of outputFiles) writeFileSync(path, withPlaces(text, slashed(relative(dist, path))))

  /** A module of types alone is built to nothing. */
  function doesAnything(file) {
    const code = readFileSync(join(dist, file), 'utf8').replace(/\/\*.*?\*\/|\/\/.*$/gms, '')
    return code.trim() !== 'export {};'
  }
}

/**
 * Lets modules that look for files beside themselves find them, although they are now part of a file elsewhere.
 *
 * @param {string | undefined} onlyEntrance lets what is loaded late lean on the entrance, which has been loaded by then.
 *   Otherwise esbuild would make a file of its own for each set of late modules that shares something with it.
 */
function keepPlaces(dist, onlyEntrance) {
  return {
    name: 'keep-places',
    setup({ onLoad, onResolve }) {
      const late = new Set()
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind === 'dynamic-import') late.add(join(resolveDir, path))
        return undefined
      })
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const place = JSON.stringify(placeOf + slashed(relative(dist, path)))
        // Not `new URL('…', import.meta.url)`, which bundlers of applications take for a file to bundle.
        const code = `import.meta.url.replace(/[^/]*$/, ${place})`
        const lean = onlyEntrance !== undefined && late.has(path) ? `import ${JSON.stringify(onlyEntrance)};` : ''
        return { contents: lean + readFileSync(path, 'utf8').replaceAll('import.meta.url', code), loader: 'js' }
      })
    },
  }
}

function withPlaces(text, output) {
  return text.replaceAll(new RegExp(`"${placeOf}(.*?)"`, 'g'), (_, place) =>
    JSON.stringify(posix.relative(posix.dirname(output), place)),
  )
}

function filesOf(directory) {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(slashed)
}

function slashed(path) {
  return path.replaceAll(sep, '/')
}
