import type { DocumentCheck } from '@waypost/config/admin'
import { messageOf, WaypostError } from '@waypost/core'

/** The name under which the schema of the gateway's routes asks for its check. */
export const gatewayCheckName = 'gateway-routes'

/**
 * Checks routes of the gateway before they are published: by `@waypost/gateway`, which is loaded for that when the
 * application has it. Fails with `failed-precondition` without it: nobody could say whether a gateway can use them.
 */
export const gatewayCheck: DocumentCheck = async (value, open) => {
  const check = await loadCheck()
  return check(value, open)
}

async function loadCheck(): Promise<DocumentCheck> {
  try {
    return (await import('@waypost/gateway')).routesCheck
  } catch (error) {
    throw new WaypostError(
      'failed-precondition',
      'Routes are checked by the package @waypost/gateway, which cannot be loaded: run `npm install @waypost/gateway`, ' +
        `or publish with \`waypost config publish\` or a hub. ${messageOf(error)}`,
      { cause: error },
    )
  }
}
