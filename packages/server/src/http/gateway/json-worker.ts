import { workerData } from 'node:worker_threads'
import { answerFromThread } from '../../serve-tasks.ts'
import { goJson } from './go-json.ts'
import type { JsonTask } from './json-thread.ts'
import { gatewayRoutes } from './routes.ts'

const { rpcPath, message }: JsonTask = workerData

await answerFromThread(
  (): Uint8Array<ArrayBuffer> => {
    const route = [...gatewayRoutes.values()].find((each) => each.rpcPath === rpcPath)
    if (route === undefined) throw new Error(`The gateway has no ${rpcPath}.`)
    return Buffer.from(goJson(route.decodeResponse(message)))
  },
  ({ buffer }) => [buffer],
)
