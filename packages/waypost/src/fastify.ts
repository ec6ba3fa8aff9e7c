import { type WaypostPluginOptions as PluginOptions, waypostPlugin as plugin } from '@waypost/http/fastify'
import type { FastifyPluginAsync } from 'fastify'
import type { Waypost } from './connect.ts'

export interface WaypostPluginOptions extends PluginOptions {
  /** The open store, from `connect()`. Close it after the application. */
  readonly waypost: Waypost
}

/**
 * Registers a Fastify application with the host and port that it listens on, and drains it before `app.close()` closes
 * the server. Adds `app.waypost` and `app.waypostInstance`, for the whole application.
 */
export const waypostPlugin: FastifyPluginAsync<WaypostPluginOptions> = plugin

declare module 'fastify' {
  interface FastifyInstance {
    /** The open store that the plugin was given. */
    readonly waypost: Waypost
  }
}
