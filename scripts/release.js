// npm run release -- <major|minor|patch|version> [--dry-run]: gives all packages one new version, dates the changelog's
// entries, packs every package and verifies the tarballs. It changes files and writes tarballs; it commits and
// publishes nothing. With --dry-run the files are left as they are.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const versionForm = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/

/** `1.3.0` for `1.2.3` and `minor`. A version is returned as it is. */
export function nextVersion(current, step) {
  const [major = 0, minor = 0, patch = 0] = current.split('-')[0].split('.').map(Number)
  if (step === 'major') return `${major + 1}.0.0`
  if (step === 'minor') return `${major}.${minor + 1}.0`
  if (step === 'patch') return `${major}.${minor}.${patch + 1}`
  if (versionForm.test(step)) return step
  throw new Error(`Write major, minor, patch or a version such as 1.2.3, not ${JSON.stringify(step)}.`)
}

/** The changelog with its unreleased entries under the new version. Throws when there are none. */
export function releasedChangelog(text, version, date) {
  const heading = '## Unreleased\n'
  const start = text.indexOf(heading)
  if (start === -1) throw new Error('CHANGELOG.md has no section "Unreleased".')
  const from = start + heading.length
  const next = text.indexOf('\n## ', from)
  const entries = text.slice(from, next === -1 ? undefined : next)
  if (!/^[-*] /m.test(entries)) throw new Error('CHANGELOG.md has no unreleased entries: say what changed.')
  if (text.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has a section ${version} already.`)
  return `${text.slice(0, from)}\n## ${version} – ${date}\n${text.slice(from)}`
}

/** The manifest with the new version, also of the packages of `names` that it depends on. */
export function releasedManifest(manifest, names, version) {
  const released = { ...manifest, version }
  for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
    if (manifest[kind] === undefined) continue
    released[kind] = Object.fromEntries(
      Object.entries(manifest[kind]).map(([name, range]) => [name, names.has(name) ? version : range]),
    )
  }
  return released
}

function manifestFiles() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'package.json'))
    .filter((file) => existsSync(file))
}

function run(command, args) {
  console.log(`> ${command} ${args.join(' ')}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed; nothing was published.`)
}

function release(step, isDryRun) {
  const { stdout } = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  if (stdout.trim() !== '' && !isDryRun) throw new Error('There are uncommitted changes: commit them first.')
  const manifests = manifestFiles().map((file) => ({ file, manifest: JSON.parse(readFileSync(file, 'utf8')) }))
  const names = new Set(manifests.map(({ manifest }) => manifest.name))
  const versions = new Set(manifests.map(({ manifest }) => manifest.version))
  if (versions.size !== 1) throw new Error(`The packages have different versions: ${[...versions].join(', ')}.`)
  const version = nextVersion([...versions][0], step)
  const changelogFile = join(root, 'CHANGELOG.md')
  const changelog = releasedChangelog(
    readFileSync(changelogFile, 'utf8'),
    version,
    new Date().toISOString().slice(0, 10),
  )
  if (!isDryRun) {
    for (const { file, manifest } of manifests)
      writeFileSync(file, `${JSON.stringify(releasedManifest(manifest, names, version), null, 2)}\n`)
    writeFileSync(changelogFile, changelog)
    run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'])
    run('node', ['scripts/complete-lock.js'])
    run('npm', ['run', 'format'])
  }
  run('npm', ['run', 'check'])
  run('npm', ['run', 'pack'])
  run('npm', ['test', '--', 'packages/testkit/test/packaging'])
  console.log(
    isDryRun
      ? `\nVersion ${version} can be released.`
      : `\nVersion ${version} is ready in ./tarballs. Next: run npm test, commit and tag v${version}, then npm publish each tarball.`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2)
  const [step = ''] = words.filter((word) => word !== '--dry-run')
  try {
    release(step, words.includes('--dry-run'))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
