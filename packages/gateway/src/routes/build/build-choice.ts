import { randomBytes } from 'node:crypto'
import { percentileOf } from '@waypost/config'
import type { CanarySpec, RouteSpec, StickySpec, ValueSpec } from '../../document/routes-document.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import { headerOf, requestCookie } from '../../request/request-values.ts'
import { compileValueRule, type ValueTest } from '../match/value-rule.ts'
import type { ChosenTarget } from '../route.ts'
import type { Target } from '../target.ts'
import type { Targets } from './build-target.ts'
import type { DocumentPath, Problems } from './problems.ts'

/** How a route chooses among its targets. */
export interface Choice {
  readonly targets: readonly Target[]
  choose(request: RequestFacts, random: number): ChosenTarget
}

/** Where a client stands between 0 and 1, and the cookie that keeps it there. */
interface Place {
  readonly share: number
  readonly cookie?: string | undefined
}

type Placing = (request: RequestFacts, random: number) => Place

interface Part {
  readonly chosen: ChosenTarget
  /** The sum of the shares up to this part. */
  readonly below: number
}

/** Compiles `target`, `split`, `sticky` and `canary` of a route; `undefined` when they are wrong. */
export function buildChoice(
  spec: RouteSpec,
  at: DocumentPath,
  targets: Targets,
  problems: Problems,
): Choice | undefined {
  const parts = partsOf(spec, at, targets, problems)
  const [first] = parts
  if (first === undefined) return undefined
  const { canary, sticky } = spec
  if (sticky && spec.split === undefined && canary === undefined) {
    problems.report([...at, 'sticky'], 'Sticky needs a split or a canary')
  }
  const place = placing(sticky)
  const all = parts.map(({ chosen }) => chosen.target)
  if (canary) return withCanary(parts, canary, place, targets, [...at, 'canary'], problems)
  if (parts.length === 1) return { targets: all, choose: () => first.chosen }
  return {
    targets: all,
    choose: (request, random) => {
      const { share, cookie } = place(request, random)
      const { chosen } = partAt(parts, share) ?? first
      return cookie === undefined ? chosen : { ...chosen, cookie }
    },
  }
}

function partsOf(
  { target, split }: RouteSpec,
  at: DocumentPath,
  targets: Targets,
  problems: Problems,
): readonly Part[] {
  if (target) return [{ chosen: { target: targets.of(target), reason: 'target' }, below: 1 }]
  const total = split?.reduce((sum, { weight }) => sum + weight, 0) ?? 0
  if (split === undefined) return []
  if (total === 0) {
    problems.report([...at, 'split'], 'The weights add up to 0, so no part gets requests')
    return []
  }
  let sum = 0
  return split.map((part, index) => {
    sum += part.weight
    const reason = `split:${part.name ?? index}`
    return { chosen: { target: targets.of(part.target), reason }, below: sum / total }
  })
}

function partAt(parts: readonly Part[], share: number): Part | undefined {
  return parts.find(({ below }) => share < below)
}

function withCanary(
  parts: readonly Part[],
  { target, headers, cookies, percent = 0 }: CanarySpec,
  place: Placing,
  targets: Targets,
  at: DocumentPath,
  problems: Problems,
): Choice {
  const chosen: ChosenTarget = { target: targets.of(target), reason: 'canary' }
  const headerTests = testsOf(headers, [...at, 'headers'], problems).map(
    ([name, test]) => [name.toLowerCase(), test] as const,
  )
  const cookieTests = testsOf(cookies, [...at, 'cookies'], problems)
  const limit = percent / 100
  return {
    targets: [...parts.map((part) => part.chosen.target), chosen.target],
    choose(request, random) {
      if (headerTests.some(([name, test]) => test(headerOf(request, name)))) return chosen
      if (cookieTests.some(([name, test]) => test(requestCookie(request, name)))) return chosen
      const { share, cookie } = place(request, random)
      // The others are spread over all parts, whatever share of them the canary takes.
      const rest = limit < 1 ? (share - limit) / (1 - limit) : 0
      const stable = partAt(parts, rest)?.chosen ?? chosen
      const either = share < limit ? chosen : stable
      return cookie === undefined ? either : { ...either, cookie }
    },
  }
}

function testsOf(
  rules: Readonly<Record<string, ValueSpec>> | undefined,
  at: DocumentPath,
  problems: Problems,
): readonly (readonly [string, ValueTest])[] {
  return Object.entries(rules ?? {}).flatMap(([name, rule]) => {
    const test = problems.attempt([...at, name], () => compileValueRule(rule))
    return test ? [[name, test] as const] : []
  })
}

/**
 * A client is placed by a text of its own: its cookie, header or address. The place does not depend on the percentages,
 * so that a client that is in stays in when they rise.
 */
function placing(sticky: StickySpec | undefined): Placing {
  if (sticky === undefined) return (_request, random) => ({ share: random })
  const { cookie, header, maxAgeSeconds } = sticky
  if (cookie !== undefined) {
    return (request) => {
      const known = requestCookie(request, cookie)
      if (known !== undefined && known !== '' && known.length <= 64) return { share: shareOf(known, cookie) }
      const id = randomBytes(12).toString('base64url')
      return { share: shareOf(id, cookie), cookie: setCookie(cookie, id, maxAgeSeconds, request.scheme) }
    }
  }
  if (header !== undefined) {
    const name = header.toLowerCase()
    return (request, random) => {
      const value = headerOf(request, name)
      return { share: value === undefined ? random : shareOf(value, name) }
    }
  }
  return ({ clientAddress }) => ({ share: shareOf(clientAddress, 'client-address') })
}

function shareOf(text: string, seed: string): number {
  return percentileOf(text, seed) / 100
}

function setCookie(name: string, value: string, maxAgeSeconds: number | undefined, scheme: string): string {
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
  return `${name}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`
}
