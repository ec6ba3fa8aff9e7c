import type { CanaryRule } from '@waypost/config/admin'
import type { Command } from 'commander'
import { UsageError } from '../../../command-line/exit-codes.ts'
import { examples } from '../../../command-line/help.ts'
import { parseLimit, parseNumber, parsePercent } from '../../../command-line/parse-values.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { readInput } from '../document-input.ts'
import { collect } from '../identity-options.ts'
import { addAuthorOptions, authorship } from '../release/author.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import { addSafetyOptions, publishAllOptions, type ReleaseOptions } from '../release/release-options.ts'
import { affectedText, reportRefusedDryRun, wouldBreak } from '../release/show-preview.ts'
import { ruleText } from './canary-rule.ts'

export const output = factsOutput

interface CreateOptions extends ReleaseOptions, HubOption {
  readonly percent?: number
  readonly label?: readonly string[]
  readonly zone?: readonly string[]
  readonly instance?: readonly string[]
  readonly order?: number
  readonly seed?: string
  readonly maxRejected?: number
  readonly maxUnhealthy?: number
  readonly evenIfUnknown?: true
}

export function define(command: Command): void {
  addHubOption(
    addSafetyOptions(
      addAuthorOptions(
        command
          .description(
            'Give some instances another document in the place of the released one. All conditions that are given must hold. Without a file it is read from standard input.',
          )
          .argument('<path>')
          .argument('<name>', 'of the canary')
          .argument('[file]', 'default: standard input')
          .option('--percent <n>', 'of the instances, chosen by their ids', parsePercent)
          .option('--label <name=value>', 'instances with this label; may be repeated', collect)
          .option('--zone <zone>', 'instances in this zone; may be repeated', collect)
          .option('--instance <id>', 'this instance; may be repeated', collect)
          .option('--order <n>', 'its place among the canaries of the document (default: the last)', parseNumber)
          .option('--seed <seed>', 'of an earlier canary, to choose the same instances by percentage again')
          .option('--max-rejected <n>', 'a guard takes it back when more processes reject it (default: 0)', parseLimit)
          .option('--max-unhealthy <n>', 'a guard takes it back when more checks in a row fail', parseLimit)
          .option('--even-if-unknown', 'also for instances, zones and labels that no live process has')
          .option('--dry-run', 'change nothing; show which live processes would change from what to what'),
      ),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config canary create order/application.yaml pool new.yaml --percent 5', ''],
        ['waypost config canary create order/application.yaml pool new.yaml --zone eu-1 --label tier=internal', ''],
      ),
    )
    .action(create)
}

async function create(
  path: string,
  name: string,
  file: string | undefined,
  _own: CreateOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<CreateOptions>()
  const rule = ruleOf(options)
  const content = await readInput(file)
  const { order, seed, maxRejected = 0, maxUnhealthy, evenIfUnknown } = options
  const limits = { maxRejected, maxUnhealthy }
  const proposal = { ...authorship(options), name, rule, content, order, seed, limits }
  await withConfigWriter(
    options,
    async (config, { canaries }) => {
      if (options.dryRun) {
        const affected = await config.canaries.preview(path, proposal)
        await output.print(options, {
          simple: () => (affected.length === 0 ? 'No live process would change.\n' : affectedText(affected)),
          json: () => ({ path, name, affected }),
        })
        if (!options.yes && wouldBreak(affected)) reportRefusedDryRun()
        return
      }
      const canary = await confirmBreakingChange(options, (validate) =>
        canaries.create(path, { ...proposal, ...publishAllOptions(options), evenIfUnknown, validate }),
      )
      await output.print(options, {
        simple: () => `Gave the canary ${name} of ${path} to ${ruleText(canary.rule)}.\n`,
        json: () => ({ path, ...canary }),
      })
    },
    { action: 'publish', subject: path },
  )
}

function ruleOf({ percent, label, zone: zones, instance: instances }: CreateOptions): CanaryRule {
  const labels = new Map<string, string[]>()
  for (const text of label ?? []) {
    const equals = text.indexOf('=')
    if (equals < 1) throw new UsageError(`--label is written name=value, not ${text}.`)
    const name = text.slice(0, equals)
    labels.set(name, [...(labels.get(name) ?? []), text.slice(equals + 1)])
  }
  if (percent === undefined && zones === undefined && instances === undefined && labels.size === 0) {
    throw new UsageError('Say whom the canary is for: --percent, --label, --zone or --instance.')
  }
  return { percent, labels: labels.size === 0 ? undefined : Object.fromEntries(labels), zones, instances }
}
