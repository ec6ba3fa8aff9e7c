import { nearestName } from '@waypost/core/options'
import type { PolicySpec } from '../../document/policy-spec.ts'
import { createPolicy } from '../../policies/create-policy.ts'
import type { Policy } from '../../policies/policy.ts'
import type { PolicyParts } from '../../policies/policy-parts.ts'
import type { DocumentPath, Problems } from './problems.ts'

/** The policies of a table by name and settings, so that the next table can go on with those that are the same. */
export type BuiltPolicies = ReadonlyMap<string, Policy>

/** Makes the policies of a document, or takes them over from the table before. */
export class PolicyBuilder {
  readonly #parts: PolicyParts
  readonly #previous: BuiltPolicies
  readonly #problems: Problems
  readonly #byName = new Map<string, Policy | undefined>()
  readonly built = new Map<string, Policy>()

  constructor(parts: PolicyParts, previous: BuiltPolicies, problems: Problems) {
    this.#parts = parts
    this.#previous = previous
    this.#problems = problems
  }

  define(name: string, spec: PolicySpec, at: DocumentPath): void {
    this.#byName.set(name, this.make(name, spec, at))
  }

  /** The policies that a route names. `cors` comes first: a preflight request has nothing to pass the others with. */
  named(names: readonly string[], at: DocumentPath): readonly Policy[] {
    const policies: Policy[] = []
    for (const [index, name] of names.entries()) {
      const policy = this.#byName.get(name)
      if (policy) policies.push(policy)
      else if (!this.#byName.has(name)) this.#problems.report([...at, index], this.#unknown(name))
    }
    return policies.sort((a, b) => Number(b.kind === 'cors') - Number(a.kind === 'cors'))
  }

  /** Makes a policy; the same one as before when its settings are the same. `undefined` when they are wrong. */
  make(name: string, spec: PolicySpec, at: DocumentPath): Policy | undefined {
    const key = `${name} ${JSON.stringify(spec)}`
    const known = this.built.get(key) ?? this.#previous.get(key)
    const policy = known ?? this.#problems.attempt([...at], () => createPolicy(name, spec, this.#parts))
    if (policy) this.built.set(key, policy)
    return policy
  }

  #unknown(name: string): string {
    const nearest = nearestName(name, [...this.#byName.keys()])
    return `There is no policy ${name}${nearest === undefined ? '' : `; perhaps ${nearest} is meant`}`
  }
}
