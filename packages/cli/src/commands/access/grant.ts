import type { EtcdClient, PermissionType } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { coverOf, needText, rolePermissions } from '../../access/held-permissions.ts'
import { type Action, type Need, needsOf } from '../../access/presets.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withStore } from '../../store/store.ts'
import { addAccessArguments } from './subject.ts'

export const output = factsOutput

export function define(command: Command): void {
  addAccessArguments(
    command
      .description(
        'Let a user or a role do something. A user gets a role of the same name for it. What is permitted already stays.',
      )
      .argument('<name>', 'of a role, or of a user'),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost access grant ann publish order/', ''],
        ['waypost access grant order-service read order/', ''],
        ['waypost access grant order-service register order', ''],
        ["waypost access grant auditors read ''", 'all documents'],
      ),
    )
    .action(grant)
}

async function grant(
  name: string,
  action: Action,
  subject: string,
  _own: GlobalOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const needs = needsOf({ action, subject })
  await withStore(options, async (etcd) => {
    const namespace = etcd.namespace
    const role = await roleFor(etcd, name)
    const held = await rolePermissions(etcd, role)
    const granted: Need[] = []
    for (const need of needs) {
      if (coverOf(need, held, namespace) !== undefined) continue
      const type = unionWith(need, held.find(isSameRange(need, namespace))?.type)
      await etcd.auth.roles.grant(role, type, need.isPrefix ? { prefix: need.key } : { key: need.key })
      granted.push({ ...need, type })
    }
    const lines = granted.map((need) => `  ${needText(need)}\n`).join('')
    const what = `${role} may ${action} ${subject || 'everything'}`
    await output.print(options, {
      simple: () => (granted.length === 0 ? `${what} already.\n` : `${what} now:\n${lines}`),
      json: () => ({ role, action, subject, granted }),
    })
  })
}

/** A role of that name, or the role of that name that a user gets. */
async function roleFor(etcd: EtcdClient, name: string): Promise<string> {
  const [roles, users] = await Promise.all([etcd.auth.roles.list(), etcd.auth.users.list()])
  if (!roles.includes(name) && !users.includes(name)) {
    throw new WaypostError(
      'not-found',
      `There is neither a user nor a role ${name}: \`waypost user add ${name}\` first.`,
    )
  }
  if (!roles.includes(name)) await etcd.auth.roles.add(name)
  if (users.includes(name) && !(await etcd.auth.users.get(name)).roles.includes(name)) {
    await etcd.auth.users.grantRole(name, name)
  }
  return name
}

/** A grant replaces what the role had on exactly that range, so it must not take anything away. */
function unionWith({ type }: Need, held: PermissionType | undefined): PermissionType {
  return held === undefined || held === type ? type : 'readwrite'
}

function isSameRange(
  need: Need,
  namespace: string,
): (held: { readonly key: string; readonly rangeEnd: string }) => boolean {
  return ({ key, rangeEnd }) => key === namespace + need.key && (rangeEnd !== '') === need.isPrefix
}
