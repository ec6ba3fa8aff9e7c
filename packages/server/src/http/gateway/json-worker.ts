import { workerData } from 'node:worker_threads'
import { answerFromThread } from '../../run-thread.ts'
import { goJson } from './go-json.ts'
import type { JsonTask } from './json-thread.ts'
import { gatewayRoutes } from './routes.ts'

const { rpcPath, message }: JsonTask = workerData

await answerFromThread((): Uint8Array => {
  const route = [...gatewayRoutes.values()].find((each) => each.rpcPath === rpcPath)
  if (route === undefined) throw new Error(`The gateway has no ${rpcPath}.`)
  return Buffer.from(goJson(route.decodeResponse(message)))
})
