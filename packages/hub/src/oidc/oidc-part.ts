import { messageOf, WaypostError } from '@waypost/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { cookieValue, sessionCookie } from '../caller/credentials.ts'
import { sessionCookieHeader } from '../caller/session-cookie.ts'
import { sourceAddress } from '../http/exchange.ts'
import { problemOf } from '../http/problem.ts'
import type { HubServices } from '../hub-services.ts'
import type { HubPart } from '../parts/hub-part.ts'
import { flowCookie, flowSeconds, LoginFlows, safeReturn } from './login-flow.ts'
import { errorPage, forwardPage, pageHeaders } from './pages.ts'
import { personOf } from './person.ts'
import { Provider } from './provider.ts'
import { StoreUsers } from './store-users.ts'

/** How long the store may take to make a user. */
const storeTimeoutMs = 10_000

/** Lets people log in by an OpenID provider: the pages that browsers are sent to and fro. */
export const oidcPart: HubPart = {
  name: 'oidc',
  addRoutes(app, hub) {
    const { oidc } = hub.settings
    if (oidc === undefined) return
    addOidcRoutes(app, hub, {
      provider: new Provider(oidc),
      flows: new LoginFlows(oidc.secret, hub.clock),
      users: new StoreUsers({
        etcd: hub.own.etcd,
        clock: hub.clock,
        secret: oidc.secret,
        onMissingRole: (role) => hub.logger.warn(`oidc maps a group to the role ${role}, which does not exist.`),
      }),
    })
  },
}

interface OidcParts {
  readonly provider: Provider
  readonly flows: LoginFlows
  readonly users: StoreUsers
}

function addOidcRoutes(app: FastifyInstance, hub: HubServices, { provider, flows, users }: OidcParts): void {
  app.get<{ Querystring: { return?: string } }>('/v1/oidc/login', async (request, reply) => {
    try {
      const { url, ...flow } = await provider.begin()
      const sealed = flows.seal({ ...flow, returnTo: safeReturn(request.query.return) })
      return await reply
        .headers({ ...pageHeaders, 'set-cookie': flowCookieHeader(hub, sealed), location: url.href })
        .code(302)
        .send()
    } catch (error) {
      return sendError(reply, hub, error, request.id)
    }
  })

  app.get('/v1/oidc/callback', async (request, reply) => {
    try {
      const { cookie } = request.headers
      const flow = flows.open(cookie === undefined ? undefined : cookieValue(cookie, flowCookie))
      const claims = await provider.finish(request.url.split('?')[1] ?? '', flow)
      const { oidc } = hub.settings
      if (oidc === undefined) throw new WaypostError('internal', 'oidc is switched off.')
      const person = personOf(claims, oidc)
      const credentials = await users.loginOf(person, { timeoutMs: storeTimeoutMs })
      const login = await hub.callers.logIn(credentials, sourceAddress(request))
      if (!login.storeNeedsLogin) {
        throw new WaypostError('failed-precondition', 'Authentication is off in the store: enable it first.')
      }
      hub.logger.info({ user: person.user }, 'Somebody logged in by oidc.')
      // A new session each time, whatever cookie the browser came with.
      const session = hub.sessions.begin(credentials, oidcSessionMs)
      return await reply
        .headers({
          ...pageHeaders,
          'set-cookie': [sessionCookieHeader(hub, session), flowCookieHeader(hub, undefined)],
          'content-type': 'text/html; charset=utf-8',
        })
        .send(forwardPage(flow.returnTo))
    } catch (error) {
      return sendError(reply, hub, error, request.id)
    }
  })

  app.get('/v1/oidc/logout', async (request, reply) => {
    const { cookie } = request.headers
    const token = cookie === undefined ? undefined : cookieValue(cookie, sessionCookie)
    try {
      if (token !== undefined) await hub.sessions.end(hub.sessions.open(token))
    } catch {
      // It has ended already.
    }
    const url = await provider.logoutUrl().catch(() => undefined)
    // A link on another site comes without the cookie, and logs nobody out.
    const removal = token === undefined ? {} : { 'set-cookie': sessionCookieHeader(hub, undefined) }
    return await reply
      .headers({ ...pageHeaders, ...removal, location: url?.href ?? '/' })
      .code(302)
      .send()
  })
}

/** The provider is asked again after this time: it may have taken somebody's groups away. */
const oidcSessionMs = 8 * 3_600_000

function flowCookieHeader({ isSecure }: HubServices, sealed: string | undefined): string {
  const age = sealed === undefined ? 0 : flowSeconds
  return `${flowCookie}=${sealed ?? ''}; Path=/v1/oidc; HttpOnly; SameSite=Lax; Max-Age=${age}${isSecure ? '; Secure' : ''}`
}

function sendError(reply: FastifyReply, hub: HubServices, error: unknown, requestId: string): FastifyReply {
  const problem = problemOf(error, requestId)
  hub.logger.warn({ requestId }, `A login by oidc failed: ${messageOf(error)}`)
  return reply
    .code(problem.status)
    .headers({ ...pageHeaders, 'content-type': 'text/html; charset=utf-8' })
    .send(errorPage(problem.detail, requestId))
}
