import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { contextNamed, readContexts, type StoreContext } from './contexts.ts'

/**
 * Takes what the command line does not say from a context. One that was named by `--context` or `WAYPOST_CONTEXT` beats
 * the other variables; the one that `context use` chose does not.
 */
export async function applyContext(program: Command): Promise<void> {
  const { context: given } = program.opts<GlobalOptions>()
  const named = given ?? (process.env.WAYPOST_CONTEXT || undefined)
  const contexts = await readContexts()
  const name = named ?? contexts.current
  if (name === undefined) return
  const context = contextNamed(name, contexts)
  const isSaidElsewhere = (option: string, variable: string): boolean =>
    program.getOptionValue(option) !== undefined || (named === undefined && isSet(variable))
  // Whoever names another store means neither this one's user nor its keys.
  if (isSaidElsewhere('endpoints', 'ENDPOINTS')) return
  program.setOptionValueWithSource('contextName', name, 'context')
  for (const [option, variable, value] of settings(context)) {
    if (value !== undefined && !isSaidElsewhere(option, variable)) {
      program.setOptionValueWithSource(option, value, 'context')
    }
  }
  program.setOptionValueWithSource('contextHub', context.hub, 'context')
  const { user } = program.opts<GlobalOptions>()
  if (context.password !== undefined && user === context.user) {
    program.setOptionValueWithSource('passwordSource', context.password, 'context')
  }
}

function settings(context: StoreContext): readonly (readonly [option: string, variable: string, value: unknown])[] {
  return [
    ['endpoints', 'ENDPOINTS', context.endpoints],
    ['user', 'USER', context.user],
    ['namespace', 'NAMESPACE', context.namespace],
    ['cacert', 'CACERT', context.cacert],
    ['cert', 'CERT', context.cert],
    ['key', 'KEY', context.key],
  ]
}

function isSet(name: string): boolean {
  return Boolean(process.env[`WAYPOST_${name}`] || process.env[`ETCDCTL_${name}`])
}
