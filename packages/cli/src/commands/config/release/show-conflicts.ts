import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type ConfigCenter, conflictsOf, type ReleaseConflict } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import { terminal } from '../../../terminal/terminal.ts'
import { colouredPatch } from './coloured-patch.ts'

type ShownConflict = Pick<ReleaseConflict, 'path' | 'expectedRelease' | 'currentRelease' | 'merged'>

/** When an error is that others were faster: what they changed, and both changes merged, in a file. */
export async function showConflicts(config: ConfigCenter, error: unknown): Promise<void> {
  for (const conflict of conflictsIn(error)) {
    const { path, expectedRelease, currentRelease } = conflict
    const theirs = await config.releases.diff(path, expectedRelease, currentRelease).catch(() => undefined)
    if (theirs?.patch) terminal.writeError(`Released since:\n${colouredPatch(theirs.patch)}`)
    await keepMerged(conflict)
  }
}

async function keepMerged({ path, currentRelease, merged }: ShownConflict): Promise<void> {
  if (merged === undefined) return
  const file = join(await mkdtemp(join(tmpdir(), 'waypost-merge-')), basename(path))
  await writeFile(file, merged.text, { mode: 0o600 })
  const how = merged.clean ? 'Both changes merged' : 'Both changes, with the lines to choose from between markers'
  terminal.writeError(`${how}: waypost config publish ${path} ${file} --expected-release ${currentRelease}\n`)
}

/** Those that the library tells of, or a hub for it. */
function conflictsIn(error: unknown): readonly ShownConflict[] {
  const known = conflictsOf(error)
  if (known.length > 0 || !WaypostError.is(error, 'conflict')) return known
  const { conflicts } = error.details
  return Array.isArray(conflicts) ? conflicts : []
}
