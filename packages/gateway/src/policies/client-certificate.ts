import type { ClientCertificateSpec } from '../document/policy-spec.ts'
import { forbidden, goOn } from './decisions.ts'
import { headerText } from './header-text.ts'
import type { Policy } from './policy.ts'

/** Lets those go on whose certificate was verified, and is one of the policy's. */
export function clientCertificatePolicy(name: string, spec: ClientCertificateSpec): Policy {
  const subjects = new Set(spec.subjects)
  const alternatives = new Set(spec.alternativeNames)
  const fingerprints = new Set(spec.fingerprints?.map((text) => text.replaceAll(':', '').toLowerCase()))
  const takesAny = subjects.size + alternatives.size + fingerprints.size === 0
  const subjectHeader = spec.subjectHeader?.toLowerCase()
  return {
    name,
    kind: 'clientCertificate',
    identityHeaders: subjectHeader === undefined ? [] : [subjectHeader],
    check({ certificate }) {
      if (certificate === undefined) return forbidden('certificate-missing', 'This requires a client certificate.')
      const { subject, alternativeNames, fingerprint } = certificate
      const fits =
        takesAny ||
        subjects.has(subject) ||
        fingerprints.has(fingerprint) ||
        alternativeNames.some((alternative) => alternatives.has(alternative))
      if (!fits) return forbidden('certificate-refused', 'This client certificate may not do that.')
      const identity = { subject, policy: name, scopes: [], claims: { subject, alternativeNames, fingerprint } }
      if (subjectHeader === undefined) return { ...goOn, identity }
      return { kind: 'continue', identity, requestHeaders: { [subjectHeader]: headerText(subject) } }
    },
    close() {},
  }
}
