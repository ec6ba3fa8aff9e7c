import type { ConfigCenter, PublishedRelease, PublishOptions, PublishPreview } from '@waypost/config/admin'
import { messageOf } from '@waypost/core'
import { exitCodes } from '../../../command-line/exit-codes.ts'
import { factsOutput } from '../../../print/output.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { confirmBreakingChange } from './confirm-breaking-change.ts'
import { publishOptions, type ReleaseOptions } from './release-options.ts'
import { showConflicts } from './show-conflicts.ts'
import { printPreview } from './show-preview.ts'

/** One way to release documents: really, and as a dry run. */
interface ReleasesAction {
  make(options: PublishOptions): Promise<readonly PublishedRelease[]>
  preview(options: PublishOptions): Promise<PublishPreview>
  /** `Published`, `Rolled back`. */
  done(released: PublishedRelease): string
}

/** The same for one document. */
interface ReleaseAction {
  make(options: PublishOptions): Promise<PublishedRelease>
  preview(options: PublishOptions): Promise<PublishPreview>
  readonly done: string
}

export function makeRelease(config: ConfigCenter, options: ReleaseOptions, { make, preview, done }: ReleaseAction) {
  return makeReleases(config, options, { make: async (given) => [await make(given)], preview, done: () => done })
}

/** Releases documents and tells of it, or with `--dry-run` shows what that would do. */
export async function makeReleases(
  config: ConfigCenter,
  options: ReleaseOptions,
  action: ReleasesAction,
): Promise<void> {
  const given = publishOptions(options)
  if (options.dryRun) {
    await printPreview(await action.preview(given), options)
    return
  }
  const released = await confirmBreakingChange(options, (validate) => action.make({ ...given, validate })).catch(
    async (error: unknown) => {
      await showConflicts(config, error)
      throw error
    },
  )
  await reportReleases(config, released, action.done, options)
}

/** Says what was released, and with `--wait` who has it. */
export function reportRelease(
  config: ConfigCenter,
  released: PublishedRelease,
  done: string,
  options: Pick<ReleaseOptions, 'writeOut' | 'wait'>,
): Promise<void> {
  return reportReleases(config, [released], () => done, options)
}

async function reportReleases(
  config: ConfigCenter,
  releases: readonly PublishedRelease[],
  done: (released: PublishedRelease) => string,
  options: Pick<ReleaseOptions, 'writeOut' | 'wait'>,
): Promise<void> {
  for (const released of releases) {
    const { path, release, unchanged } = released
    await factsOutput.print(options, {
      simple: () =>
        unchanged
          ? `${path} is unchanged, at release ${release}.\n`
          : `${done(released)} ${path} as release ${release}.\n`,
      json: () => released,
    })
  }
  const { wait } = options
  if (wait === undefined) return
  const waits = releases.map((released) => config.consumers.waitUntilApplied(released, { timeoutMs: wait }))
  for (const [index, waited] of (await Promise.allSettled(waits)).entries()) {
    const { path = '', release } = releases[index] ?? {}
    if (waited.status === 'rejected') {
      // It is released all the same: an exit code that says that nothing was changed would be wrong.
      terminal.writeError(`${messageOf(waited.reason)} Release ${release} stands.\n`)
      process.exitCode = exitCodes.failed.code
      continue
    }
    const { processes, onCanary } = waited.value
    await factsOutput.print(options, {
      simple: () => appliedText(releases.length === 1 ? 'it' : path, processes, onCanary),
      json: () => ({ path, release, processes, onCanary }),
    })
  }
}

function appliedText(what: string, processes: number, onCanary: number): string {
  if (processes === 0) return `No live process uses ${what}.\n`
  const canary = onCanary === 0 ? '' : ` ${onCanary} more ${onCanary === 1 ? 'is' : 'are'} on a canary.`
  const count = processes - onCanary
  return `${count} live ${count === 1 ? 'process has' : 'processes have'} applied ${what}.${canary}\n`
}
