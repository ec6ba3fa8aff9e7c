import { type Command, InvalidArgumentError } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'

/** Whose configuration is asked for. */
export interface IdentityOptions extends GlobalOptions {
  readonly profile?: string
  readonly instance?: string
  readonly zone?: string
  readonly label?: Readonly<Record<string, string>>
  readonly import?: readonly string[]
}

export function addIdentityOptions(command: Command): Command {
  return command
    .option('--profile <profile>', 'such as production')
    .option('--instance <id>', 'with the canaries of this instance (default: without any)')
    .option('--zone <zone>', 'where the instance runs')
    .option('--label <name=value>', 'a label of the instance; may be repeated', collectLabel)
    .option('--import <path>', 'a document that all others override; may be repeated', collect)
}

export function targetOf(app: string, options: IdentityOptions) {
  const { profile, instance, zone, label: labels, import: imports, timeout: timeoutMs } = options
  return { app, profile, ...(instance === undefined ? {} : { instance }), zone, labels, imports, timeoutMs }
}

/** An option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** `name=value`, several times. */
export function collectLabel(text: string, before: Readonly<Record<string, string>> = {}) {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It is written name=value.')
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) }
}
