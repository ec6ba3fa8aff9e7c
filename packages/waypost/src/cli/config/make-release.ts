import type { Config, PublishedRelease, PublishOptions, PublishPreview } from '@waypost/config'
import { factsJson } from '../output/service-json.ts'
import { terminal } from '../terminal.ts'
import { despiteBreaks } from './despite-breaks.ts'
import { publishOptions, type ReleaseOptions } from './release-options.ts'
import { showPreview } from './show-preview.ts'

/** One way to release a document: really, and as a dry run. */
export interface ReleaseAction {
  make(options: PublishOptions): Promise<PublishedRelease>
  preview(options: PublishOptions): Promise<PublishPreview>
  /** `Published`, `Rolled back`. */
  readonly done: string
}

/** Makes a release and tells of it, or with `--dry-run` shows what it would do. */
export async function makeRelease(config: Config, options: ReleaseOptions, action: ReleaseAction): Promise<void> {
  const given = publishOptions(options)
  if (options.dryRun) {
    showPreview(await action.preview(given), options)
    return
  }
  const released = await despiteBreaks(options, (validate) => action.make({ ...given, validate }))
  await reportRelease(config, released, action.done, options)
}

/** Says what was released, and with `--wait` who has it. */
export async function reportRelease(
  config: Config,
  released: PublishedRelease,
  done: string,
  { writeOut, wait }: Pick<ReleaseOptions, 'writeOut' | 'wait'>,
): Promise<void> {
  const { path, release, unchanged } = released
  if (writeOut === 'json') terminal.write(factsJson(released))
  else if (unchanged) terminal.write(`${path} is so already, at release ${release}.\n`)
  else terminal.write(`${done} ${path} as release ${release}.\n`)
  if (wait === undefined) return
  const { processes, onCanary } = await config.waitUntilApplied(released, { timeoutMs: wait })
  if (writeOut === 'json') terminal.write(factsJson({ path, release, processes, onCanary }))
  else terminal.write(appliedText(processes, onCanary))
}

function appliedText(processes: number, onCanary: number): string {
  if (processes === 0) return 'No live process uses it.\n'
  const canary = onCanary === 0 ? '' : ` ${onCanary} more ${onCanary === 1 ? 'is' : 'are'} on a canary.`
  const count = processes - onCanary
  return `${count} live ${count === 1 ? 'process has' : 'processes have'} applied it.${canary}\n`
}
