import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { coverOf, type HeldPermission, permissionsOf, rolePermissions } from '../../access/held-permissions.ts'
import { type Access, actions, needsOf } from '../../access/presets.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { withStore } from '../../store/store.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('Show in words what a user or a role may do with documents and services.')
    .argument('<name>', 'of a user, or of a role')
    .addHelpText(
      'after',
      examples(['waypost access show ann', ''], ['waypost user get ann --detail', 'the permissions on keys']),
    )
    .action(show)
}

async function show(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const { isRoot, held } = await permissionsOfName(etcd, name)
    const allowed = isRoot ? [] : allowedBy(held, etcd.namespace)
    const text = (): string => {
      if (isRoot) return `${name} may do everything.\n`
      if (allowed.length === 0) return `${name} may do none of ${actions.join(', ')}.\n`
      return allowed.map(({ action, subject }) => `${name} may ${action} ${subject || 'everything'}\n`).join('')
    }
    await output.print(options, { simple: text, table: text, json: () => ({ name, isRoot, allowed }) })
  })
}

async function permissionsOfName(etcd: EtcdClient, name: string): Promise<Awaited<ReturnType<typeof permissionsOf>>> {
  try {
    return await permissionsOf(etcd, name)
  } catch (error) {
    if (!WaypostError.is(error, 'not-found')) throw error
    const held = await rolePermissions(etcd, name).catch((roleError: unknown) => {
      if (!WaypostError.is(roleError, 'not-found')) throw roleError
      throw new WaypostError('not-found', `There is neither a user nor a role ${name}.`, { cause: error })
    })
    return { isRoot: name === 'root', held }
  }
}

/** The actions that the permissions are enough for, on what they name: not on what lies deeper. */
function allowedBy(held: readonly HeldPermission[], namespace: string): readonly Access[] {
  const subjects = (root: string): string[] => [
    ...new Set(
      held
        .filter(({ key }) => key.startsWith(namespace + root))
        .map(({ key }) => key.slice(namespace.length + root.length)),
    ),
  ]
  const services = subjects('/services/').flatMap((key) => (/^[^/]+\/$/.test(key) ? [key.slice(0, -1)] : []))
  const candidates = [
    ...subjects('/config/').map((subject) => ['read', 'publish', 'approve'].map((action) => ({ action, subject }))),
    ...services.map((subject) => ['operate', 'register'].map((action) => ({ action, subject }))),
  ].flat()
  return candidates.flatMap(({ action, subject }) => {
    const known = actions.find((each) => each === action)
    if (known === undefined) return []
    const access = { action: known, subject }
    return needsOf(access).every((need) => coverOf(need, held, namespace) !== undefined) ? [access] : []
  })
}
