import { anySignal } from '@waypost/core'
import { checkOptions, functionKind, listOf, notNegative, type OptionKinds, text } from '@waypost/core/options'
import { type AxiosAdapter, AxiosHeaders, getAdapter, type InternalAxiosRequestConfig } from 'axios'
import type { Registry } from '../../registry.ts'
import type { ServiceCall } from '../caller.ts'
import { type DispatcherOptions, defaultRetryMethods } from '../http/dispatcher-options.ts'
import { ServiceNames } from '../http/service-name.ts'
import { instanceOrigin } from '../instance-origin.ts'
import { type TrafficOptions, trafficOptionKinds } from '../traffic-options.ts'

export interface AxiosAdapterOptions
  extends TrafficOptions,
    Pick<DispatcherOptions, 'domain' | 'serviceOf' | 'retryMethods'> {
  /** What makes the requests. Default axios' own adapter for Node, `http`. */
  readonly adapter?: AxiosAdapter | undefined
  /** Bounds a request with all its attempts; axios' own `timeout` bounds one. Default 300,000. */
  readonly timeoutMs?: number | undefined
}

const axiosAdapterOptionKinds: OptionKinds<AxiosAdapterOptions> = {
  ...trafficOptionKinds,
  domain: text,
  serviceOf: functionKind<(origin: URL) => string | undefined>(),
  retryMethods: listOf(text),
  adapter: functionKind<AxiosAdapter>(),
  timeoutMs: notNegative,
}

const defaultTimeoutMs = 300_000

/**
 * An adapter for `axios.create({ adapter })` that sends requests for services to their instances, as
 * `Registry.dispatcher` does, and all others on as they are. Answers that axios takes for errors are repeated, too,
 * when they are 502, 503 or 504.
 */
export function axiosAdapter(registry: Registry, options: AxiosAdapterOptions = {}): AxiosAdapter {
  checkOptions('axiosAdapter', options, axiosAdapterOptionKinds)
  const { adapter = getAdapter('http'), timeoutMs = defaultTimeoutMs, retryMethods = defaultRetryMethods } = options
  const { balance, retry, discoverTimeoutMs } = options
  const names = new ServiceNames(options)
  const calls = new Map<string, ServiceCall>()
  return (config) => {
    const url = absoluteUrl(config)
    const service = url && names.of(url)
    if (url === undefined || service === undefined) return adapter(config)
    let call = calls.get(service)
    if (call === undefined) {
      call = registry.callFactory(service, { balance, retry, discoverTimeoutMs })
      calls.set(service, call)
    }
    const idempotent = retryMethods.includes((config.method ?? 'get').toUpperCase())
    const headers = new AxiosHeaders(config.headers).set('Host', url.host, false)
    const path = `${url.pathname}${url.search}`
    return call(
      (instance, { signal }) => {
        const to = instanceOrigin(instance, url.protocol) + path
        return adapter({ ...config, headers, url: to, baseURL: '', signal: either(config.signal, signal) })
      },
      { idempotent, timeoutMs },
    )
  }
}

/** The time being over ends a request as well as its caller does; not with a signal of another library's making. */
function either(own: InternalAxiosRequestConfig['signal'], over: AbortSignal): NonNullable<typeof own> {
  if (own === undefined) return over
  return own instanceof AbortSignal ? anySignal([own, over]) : own
}

/** As axios itself puts the two together. */
function absoluteUrl({ baseURL = '', url = '' }: InternalAxiosRequestConfig): URL | undefined {
  const isAbsolute = baseURL === '' || /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)
  const text = isAbsolute ? url : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`
  return URL.canParse(text) ? new URL(text) : undefined
}
