import type { AccessMode, ConfigCenter, Right } from '@waypost/config/admin'
import { quoted, WaypostError } from '@waypost/core'
import type { Registry } from '@waypost/registry'
import type { OperationContext } from '../../operation/operation-context.ts'

/** What a caller asks for. */
export interface Asked {
  readonly right: Right
  /** Documents, scopes, or `<service>/<instance>`. */
  readonly subjects: readonly string[]
  /** Keys that the caller must be allowed to read, because the answer may tell what they hold. */
  readonly reads?: readonly string[] | undefined
  /** Who does it, where the store asks for no login. With a login it is that user, whatever is said here. */
  readonly author?: string | undefined
}

/** The libraries with which a change is written, and who is named as its author. */
export interface Writer {
  readonly mode: AccessMode
  readonly config: ConfigCenter
  readonly registry: Registry
  readonly author: string | undefined
  /** The address that the request came from. */
  readonly address: string
}

/**
 * Does a change as the mode of the store wants it. In the direct mode with the caller's login. In the strict mode the
 * store is asked, with the caller's login, whether the caller may ask for it; then it is written with the hub's login.
 * The author is the caller's login in both. Fails with `permission-denied`; `details.permission` names what is missing.
 */
export async function writeAs<T>(
  context: OperationContext,
  asked: Asked,
  write: (writer: Writer) => Promise<T>,
): Promise<T> {
  const { caller, hub } = context
  const author = authorOf(context, asked.author)
  const mode = await modeOf(context)
  const common = { mode, author, address: caller.sourceAddress }
  if (mode === 'direct') {
    try {
      return await write({ ...common, config: caller.config, registry: caller.registry })
    } catch (error) {
      throw withPermission(error, caller.user, asked)
    }
  }
  await checkMayAsk(context, asked)
  return await write({ ...common, config: hub.own.config, registry: hub.own.registry })
}

async function checkMayAsk({ caller, hub, signal }: OperationContext, asked: Asked): Promise<void> {
  const { right, subjects, reads } = asked
  if (hub.own.user === undefined) {
    throw new WaypostError(
      'failed-precondition',
      'The store is in strict mode, in which only the hub writes, but this hub has no login of its own. Configure one.',
    )
  }
  if (caller.user === undefined) {
    throw new WaypostError(
      'failed-precondition',
      'Strict mode requires logins, but authentication is off in this store.',
    )
  }
  if (await caller.config.access.mayAsk(right, subjects, { reads, signal })) return
  throw denied(caller.user, asked)
}

/** Who may not read the mode has no right to ask either, so the hub's own login reads it where there is one. */
export async function modeOf({ caller, hub, signal }: OperationContext): Promise<AccessMode> {
  const { access } = hub.own.user === undefined ? caller.config : hub.own.config
  try {
    return await access.mode({ signal })
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return 'direct'
    throw error
  }
}

function authorOf({ caller }: OperationContext, given: string | undefined): string | undefined {
  if (caller.user === undefined || given === undefined || given === caller.user) return caller.user ?? given
  throw new WaypostError(
    'invalid-argument',
    `You are logged in as ${quoted(caller.user)} and cannot sign as ${quoted(given)}: leave the author out.`,
  )
}

/** Adds to a refusal of the store what would have been needed. */
function withPermission(error: unknown, user: string | undefined, asked: Asked): unknown {
  if (!WaypostError.is(error, 'permission-denied') || !error.endpoint || user === undefined) return error
  return denied(user, asked, error)
}

function denied(user: string, { right, subjects }: Asked, cause?: unknown): WaypostError {
  const [subject = ''] = subjects
  const what = right === 'operate' ? (subject.split('/')[0] ?? subject) : subject
  const name = what === '' ? 'everything' : what
  return new WaypostError(
    'permission-denied',
    `${user} may not ${right} ${name}. This allows it: waypost access grant ${user} ${right} ${what || "''"}`,
    { cause, details: { permission: { action: right, resource: what } } },
  )
}
