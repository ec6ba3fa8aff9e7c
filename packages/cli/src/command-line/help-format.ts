import type { Command, Help, Option } from 'commander'
import { outputOf } from './commands.ts'

const fallbackWidth = 80

/** A command's help: what it is, its commands, arguments and options. The global options have a page of their own. */
export function formatHelp(command: Command, helper: Help): string {
  const width = helper.padWidth(command, helper)
  const item = (term: string, description: string): string => helper.formatItem(term, width, description, helper)
  const sections = [
    `${helper.styleTitle('Usage:')} ${helper.styleUsage(helper.commandUsage(command))}\n`,
    `${helper.boxWrap(helper.styleCommandDescription(helper.commandDescription(command)), helper.helpWidth ?? fallbackWidth)}\n`,
    ...commandGroups(command, helper).map(([title, commands]) =>
      section(
        helper.styleTitle(title),
        commands.map((each) =>
          item(
            helper.styleSubcommandTerm(helper.subcommandTerm(each)),
            helper.styleSubcommandDescription(helper.subcommandDescription(each)),
          ),
        ),
      ),
    ),
    section(
      helper.styleTitle('Arguments:'),
      helper
        .visibleArguments(command)
        .map((argument) =>
          item(
            helper.styleArgumentTerm(helper.argumentTerm(argument)),
            helper.styleArgumentDescription(helper.argumentDescription(argument)),
          ),
        ),
    ),
    command.parent === null ? '' : optionsSection('Options:', helper.visibleOptions(command), helper, item),
    formatsLine(command),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

/** The options that every command takes, with their defaults. */
export function globalOptionsText(program: Command): string {
  const helper = program.createHelp()
  helper.prepareContext({ helpWidth: process.stdout.columns || fallbackWidth })
  const options = helper.visibleOptions(program)
  const width = Math.max(...options.map((option) => helper.displayWidth(helper.optionTerm(option))))
  return optionsSection('Global options:', options, helper, (term, description) =>
    helper.formatItem(term, width, description, helper),
  )
}

/** An option's meaning with its default, which has a unit, and is shown once. */
export function describeOption(option: Option): string {
  const { description, argChoices } = option
  const choices = argChoices === undefined ? '' : ` (one of ${argChoices.join(', ')})`
  if (description.includes('(default') || !option.required) return description + choices
  const value = defaultText(option)
  return description + choices + (value === undefined ? '' : ` (default: ${value})`)
}

function defaultText({ flags, defaultValue, defaultValueDescription }: Option): string | undefined {
  if (defaultValueDescription !== undefined) return defaultValueDescription
  if (defaultValue === undefined || defaultValue === '') return undefined
  if (typeof defaultValue !== 'number') return String(defaultValue)
  if (flags.includes('<time>')) return durationText(defaultValue)
  return flags.includes('<seconds>') ? `${defaultValue} s` : String(defaultValue)
}

/** As it is typed: `500ms`, `10s`, `2m`. */
export function durationText(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}

function optionsSection(
  title: string,
  options: readonly Option[],
  helper: Help,
  item: (term: string, description: string) => string,
): string {
  return section(
    helper.styleTitle(title),
    options.map((option) =>
      item(
        helper.styleOptionTerm(helper.optionTerm(option)),
        helper.styleOptionDescription(helper.optionDescription(option)),
      ),
    ),
  )
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${title}\n${items.join('\n')}\n`
}

function commandGroups(command: Command, helper: Help): [title: string, commands: Command[]][] {
  const groups = new Map<string, Command[]>()
  for (const each of helper.visibleCommands(command)) {
    const title = each.helpGroup() || 'Commands:'
    groups.set(title, [...(groups.get(title) ?? []), each])
  }
  return [...groups]
}

function formatsLine(command: Command): string {
  const [first, ...others] = outputOf(command).formats
  return others.length === 0 ? '' : `Output formats: ${first} (default), ${others.join(', ')}; choose one with -w.\n`
}
