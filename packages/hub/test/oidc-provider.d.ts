/** The part of the package that the tests use: it has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Account {
    readonly accountId: string
    claims(): Promise<Readonly<Record<string, unknown>>>
  }

  class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  }

  // biome-ignore lint/style/noDefaultExport: that is how the package exports it.
  export { Provider as default }
}
