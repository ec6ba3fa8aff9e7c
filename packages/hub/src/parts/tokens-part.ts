import type { HubPart } from './hub-part.ts'

/** Follows which named tokens there are. */
export const tokensPart: HubPart = {
  name: 'tokens',
  async start({ tokens }) {
    tokens.start()
    return { close: () => tokens.close() }
  },
}
