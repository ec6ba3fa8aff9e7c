import { AuthAdmin } from '../../src/contract/auth-admin.ts'
import { op, when } from '../../src/wire/requests.ts'
import type { Wire } from '../../src/wire/wire.ts'
import { type Outcome, outcomeOf } from '../differential/outcome.ts'
import type { AuthOperation, AuthStep } from './auth-step.ts'

const users = ['u0', 'u1', 'u2']
const roles = ['r0', 'r1', 'r2']

/** One store with authentication on, and who is logged in to it. */
export class AuthSide {
  readonly #guest: Wire
  readonly #root: Wire
  readonly #wires = new Map<string, Wire>()

  private constructor(guest: Wire, root: Wire) {
    this.#guest = guest
    this.#root = root
    this.#wires.set('root', root)
  }

  static async open(guest: Wire): Promise<AuthSide> {
    return new AuthSide(guest, await new AuthAdmin(guest).enableWithRoot('root'))
  }

  /** Puts everything back to where every sequence begins. */
  async reset(): Promise<void> {
    const admin = new AuthAdmin(this.#root)
    for (const { id } of (await this.#root.leases()).leases) await this.#root.revoke(id)
    await this.#root.delete('\0', { end: '\0' })
    for (const user of (await admin.listUsers()).users) if (user !== 'root') await admin.deleteUser(user)
    for (const role of (await admin.listRoles()).roles) if (role !== 'root') await admin.deleteRole(role)
    for (const role of roles) await admin.addRole(role)
    for (const [index, user] of users.entries()) {
      await admin.addUser(user, 'one')
      await admin.grantRole(user, roles[index] ?? '')
      this.#wires.set(user, await new AuthAdmin(this.#guest).login(user, 'one'))
    }
  }

  run(step: AuthStep): Promise<Outcome> {
    const wire = this.#wires.get('by' in step ? step.by : 'root') ?? this.#guest
    const admin = new AuthAdmin(wire)
    switch (step.kind) {
      case 'grant':
        return outcomeOf(admin.grant(step.role, step.type, step.span.key, step.span.end))
      case 'revoke':
        return outcomeOf(admin.revoke(step.role, step.span.key, step.span.end))
      case 'grant-role':
        return outcomeOf(admin.grantRole(step.user, step.role))
      case 'revoke-role':
        return outcomeOf(admin.revokeRole(step.user, step.role))
      case 'add-role':
        return outcomeOf(admin.addRole(step.role))
      case 'delete-role':
        return outcomeOf(admin.deleteRole(step.role))
      case 'add-user':
        return outcomeOf(admin.addUser(step.user, step.password))
      case 'delete-user':
        return outcomeOf(admin.deleteUser(step.user))
      case 'change-password':
        return outcomeOf(admin.changePassword(step.user, step.password))
      case 'get-user':
        return outcomeOf(admin.getUser(step.user))
      case 'get-role':
        return outcomeOf(admin.getRole(step.role))
      case 'list':
        return outcomeOf(admin.listUsers())
      case 'login':
        return this.#login(step.user, step.password)
      case 'operation':
        return this.#operate(wire, step.operation)
      case 'txn':
        return outcomeOf(
          wire.txn({
            compare: step.compares.map(({ key, end }) => when.version(key, '>', 0n, { end })),
            success: step.success.map(requestOf),
            failure: step.failure.map(requestOf),
          }),
        )
      case 'watch':
        return watchOutcome(wire, step.span.key, step.span.end)
      case 'grant-lease':
        return outcomeOf(wire.grant(1000n, BigInt(step.lease + 1)))
      case 'revoke-lease':
        return outcomeOf(wire.revoke(BigInt(step.lease + 1)))
    }
  }

  async #login(user: string, password: string): Promise<Outcome> {
    const outcome = await outcomeOf(
      new AuthAdmin(this.#guest).authenticate(user, password).then((answer) => {
        this.#wires.set(user, this.#guest.withToken(answer.token))
        return answer
      }),
      () => 'a token',
    )
    return outcome
  }

  #operate(wire: Wire, operation: AuthOperation): Promise<Outcome> {
    switch (operation.op) {
      case 'range':
        return outcomeOf(wire.range(operation.key, { end: operation.end }))
      case 'put':
        return outcomeOf(wire.put(operation.key, operation.ignoreValue ? '' : 'x', putOptions(operation)))
      case 'delete':
        return outcomeOf(wire.delete(operation.key, { end: operation.end, prevKv: operation.prevKv }))
    }
  }
}

function putOptions({ prevKv, lease, ignoreValue }: Extract<AuthOperation, { op: 'put' }>) {
  return { prevKv, lease: BigInt(lease), ignoreValue }
}

function requestOf(operation: AuthOperation) {
  switch (operation.op) {
    case 'range':
      return op.range(operation.key, { end: operation.end })
    case 'put':
      return op.put(operation.key, operation.ignoreValue ? '' : 'x', putOptions(operation))
    case 'delete':
      return op.delete(operation.key, { end: operation.end, prevKv: operation.prevKv })
  }
}

async function watchOutcome(wire: Wire, key: string, end: string): Promise<Outcome> {
  const watch = wire.watch()
  try {
    return await outcomeOf(watch.create(key, { end }))
  } finally {
    await watch.close()
  }
}
