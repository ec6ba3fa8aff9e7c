// The API reference: one page for each entrance of the packages that users import, from the doc comments.
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'

const site = dirname(fileURLToPath(import.meta.url))
const packages = join(site, '..', '..', 'packages')

/** What users import, from the bottom up: what two packages export is described where it first stands. */
const published = ['core', 'client', 'registry', 'config', 'server', 'http', 'waypost', 'nestjs']

/** The sources of all entrances of these packages, by the name to import. */
const entrances = Object.fromEntries(
  published.flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
    return Object.entries(exports)
      .filter(([path]) => !path.endsWith('-worker'))
      .map(([path, { '@waypost/source': source }]) => [posix.join(name, path), posix.join(folder, source)])
  }),
)

/** Writes the pages into `docs/api`; throws when a doc comment does not hold. */
export async function generateApi() {
  const out = join(site, '..', 'api')
  rmSync(out, { recursive: true, force: true })
  const app = await Application.bootstrapWithPlugins({
    name: 'API reference',
    out,
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: join(site, 'tsconfig.api.json'),
    entryPoints: Object.values(entrances).map((path) => join(packages, path)),
    basePath: packages,
    readme: 'none',
    router: 'module',
    entryFileName: 'index',
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    expandObjects: true,
    parametersFormat: 'table',
    propertiesFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    logLevel: 'Warn',
  })
  // `npm run build` and the tests check the types: here they are only read.
  const project = app.converter.convert((app.getEntryPoints() ?? []).map(named))
  app.validate(project)
  await app.generateOutputs(project)
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('The doc comments have the faults above.')
}

function named(entryPoint) {
  const path = entryPoint.sourceFile.fileName
  const [name] = Object.entries(entrances).find(([, entrance]) => path.endsWith(`/packages/${entrance}`))
  return { ...entryPoint, displayName: name }
}
