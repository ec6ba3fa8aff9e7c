import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { invalidArgument, quoted } from '@waypost/core'
import type { Check } from './check.ts'

/** @param target a URL, or a path at `origin` */
export function httpCheck(target: string, origin: string): Check {
  const text = target.startsWith('/') ? `${origin}${target}` : target
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw invalidArgument(`health.http must be a path such as /health or an http or https URL, not ${quoted(target)}.`)
  }
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return (signal) =>
    new Promise<void>((resolve, reject) => {
      // A connection of its own each time: an old one would say nothing about whether new ones are taken.
      request(url, { signal, agent: false }, (response) => {
        response.resume()
        const { statusCode = 0 } = response
        if (statusCode >= 200 && statusCode <= 299) resolve()
        else reject(new Error(`${url} answered ${statusCode}.`))
      })
        .on('error', reject)
        .end()
    })
}
