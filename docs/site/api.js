// The API reference: one page for each entrance of the packages that users import, from the doc comments.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'

const site = dirname(fileURLToPath(import.meta.url))
const packages = join(site, '..', '..', 'packages')

/** The entrances of the packages, by the name to import; what two of them export is described where it first stands. */
const entrances = {
  '@waypost/core': 'core/src/index.ts',
  '@waypost/client': 'client/src/index.ts',
  '@waypost/client/prometheus': 'client/src/prometheus.ts',
  '@waypost/client/opentelemetry': 'client/src/opentelemetry.ts',
  '@waypost/registry': 'registry/src/index.ts',
  '@waypost/registry/axios': 'registry/src/call/axios/index.ts',
  '@waypost/registry/grpc': 'registry/src/call/grpc/index.ts',
  '@waypost/config': 'config/src/index.ts',
  '@waypost/server': 'server/src/index.ts',
  waypost: 'waypost/src/index.ts',
}

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
