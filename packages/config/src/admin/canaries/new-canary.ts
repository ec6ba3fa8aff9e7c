import { type CallOptions, WaypostError } from '@waypost/core'
import {
  anything,
  boolean,
  callOptionKinds,
  type OptionKinds,
  optionsKind,
  required,
  text,
} from '@waypost/core/options'
import { checkSegment } from '../../config-path.ts'
import {
  type Canary,
  type CanaryLimits,
  type CanaryRule,
  parseCanaries,
  serializeCanaries,
} from '../../records/canary.ts'
import { checksumOf, storeContent } from '../../records/content.ts'
import { type Authorship, authorshipKinds } from '../audit/authorship.ts'
import { contentBytes } from '../publish/planned-change.ts'
import { type PublishAllOptions, publishAllOptionKinds } from '../publish/publish-options.ts'
import { checkRule } from './check-rule.ts'
import { newSeed } from './choose-seed.ts'

/** What a canary is made of. */
export interface CanaryProposal extends Authorship {
  /** Unique for the path. */
  readonly name: string
  /** Whom it is for: every condition that is given must hold. */
  readonly rule: CanaryRule
  /** The whole document that these instances get instead of the released one. */
  readonly content: string | Uint8Array
  /** The lowest comes first; the first canary that is for an instance wins. Default: after those that are there. */
  readonly order?: number | undefined
  /** When a guard takes it back. Default: at the first rejection. */
  readonly limits?: CanaryLimits | undefined
  /**
   * Of an earlier canary, to choose the same instances by percentage again. Default: one by which the share of the live
   * instances is as near to the percentage as can be, and at least one of them.
   */
  readonly seed?: string | undefined
}

export interface CreateCanaryOptions extends CanaryProposal, PublishAllOptions {
  /** Takes a rule that names an instance, a zone or a label that no live process has. Default false: it is refused. */
  readonly evenIfUnknown?: boolean | undefined
}

const canaryRuleKinds: OptionKinds<CanaryRule> = {
  percent: anything(),
  labels: anything(),
  zones: anything(),
  instances: anything(),
}

const canaryProposalKinds: OptionKinds<CanaryProposal> = {
  ...authorshipKinds,
  name: required(anything()),
  rule: required(optionsKind(canaryRuleKinds)),
  content: required(anything()),
  order: anything(),
  limits: anything(),
  seed: text,
}

export const canaryPreviewKinds: OptionKinds<CanaryProposal & CallOptions> = {
  ...canaryProposalKinds,
  ...callOptionKinds,
}

export const createCanaryOptionKinds: OptionKinds<CreateCanaryOptions> = {
  ...canaryProposalKinds,
  ...publishAllOptionKinds,
  evenIfUnknown: boolean,
}

/** A canary and its document. */
export interface NewCanary {
  readonly canary: Canary
  readonly bytes: Uint8Array
}

/** Throws `invalid-argument` or `too-large` for what can be no canary. */
export function newCanary(path: string, proposal: CanaryProposal, epochMs: number): NewCanary {
  const { name, rule, order = 0, limits = { maxRejected: 0 }, author, comment } = proposal
  checkSegment('name of a canary', name)
  checkRule(rule)
  if (!Number.isFinite(order)) throw new WaypostError('invalid-argument', `order must be a number, not ${order}.`)
  const bytes = contentBytes(path, proposal.content)
  const seed = proposal.seed ?? newSeed()
  const content = storeContent(bytes)
  const at = new Date(epochMs).toISOString()
  const canary = { name, order, rule, seed, content, checksum: checksumOf(bytes), author, comment, at, limits }
  // A canary that readers do not understand would take its neighbours along.
  const { damage } = parseCanaries(Buffer.from(serializeCanaries({ canaries: [canary] })))
  if (damage !== undefined) throw new WaypostError('invalid-argument', `This is not a canary: ${damage}.`)
  return { canary, bytes }
}

/** The canaries with a new one, in its place. Throws `already-exists`. */
export function withCanary(
  path: string,
  known: readonly Canary[],
  canary: Canary,
  { order }: CanaryProposal,
): readonly Canary[] {
  const { name } = canary
  if (known.some((other) => other.name === name)) {
    throw new WaypostError('already-exists', `${path} has a canary ${name} already.`, { details: { path, name } })
  }
  const last = Math.max(0, ...known.map((other) => other.order))
  return [...known, { ...canary, order: order ?? last + 1 }].toSorted((a, b) => a.order - b.order)
}

/** The canaries with one of them widened. Throws `not-found`, or `invalid-argument` when that would take it away. */
export function withRaised(path: string, known: readonly Canary[], name: string, percent: number): readonly Canary[] {
  checkRule({ percent })
  const { rule } = existingCanary(path, known, name)
  if (rule.percent === undefined || percent < rule.percent) {
    const now = rule.percent === undefined ? 'is not by percentage' : `is at ${rule.percent} %`
    throw new WaypostError('invalid-argument', `The canary ${name} of ${path} ${now}: ${percent} % does not raise it.`)
  }
  return known.map((canary) => (canary.name === name ? { ...canary, rule: { ...rule, percent } } : canary))
}

/** Throws `not-found`. */
export function existingCanary(path: string, canaries: readonly Canary[], name: string): Canary {
  const found = canaries.find((canary) => canary.name === name)
  if (found) return found
  throw new WaypostError('not-found', `${path} has no canary ${name}.`, { details: { path, name } })
}
