import type { CallOptions } from '@waypost/core'
import { callOptionKinds, type OptionKinds, text } from '@waypost/core/options'

/** The author of a change, and the reason for it. Waypost believes it: what a user of the store may write is for its roles to say. */
export interface Authorship {
  readonly author?: string | undefined
  /** The network address that it was asked from, for the audit: of use to those who act for others, as the hub does. */
  readonly address?: string | undefined
  readonly comment?: string | undefined
}

export const authorshipKinds: OptionKinds<Authorship> = { author: text, address: text, comment: text }

export const authoredCallKinds: OptionKinds<Authorship & CallOptions> = { ...authorshipKinds, ...callOptionKinds }
