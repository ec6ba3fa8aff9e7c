import { request } from 'node:http'
import { type Address, formatAddress } from '../../command-line/address.ts'

const timeoutMs = 1000

/** The version that a store on this address says it has; `undefined` when something else, or nobody, answers. */
export async function storeVersionAt(address: Address): Promise<string | undefined> {
  try {
    const answer: unknown = JSON.parse(await get(`http://${formatAddress(address)}/version`))
    if (typeof answer !== 'object' || answer === null || !('etcdserver' in answer)) return undefined
    return String(answer.etcdserver)
  } catch {
    return undefined
  }
}

function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { signal: AbortSignal.timeout(timeoutMs), agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > 4096) call.destroy(new Error('The answer is too long.'))
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    })
    call.on('error', reject)
    call.end()
  })
}
