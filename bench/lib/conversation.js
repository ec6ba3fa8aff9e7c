import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const answerWithinMs = 600_000

/** A script of this directory in a process of its own, with which messages are exchanged one at a time. */
export function converse(script, spec) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [JSON.stringify(spec)])
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    /** Sends `order`, if any, and resolves to the next message that comes. */
    ask(order) {
      const answer = new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${script} said nothing in time`)), answerWithinMs)
        const onMessage = (message) => settle(() => resolve(message))
        const onExit = (code) => settle(() => reject(new Error(`${script} ended early with ${code}`)))
        const settle = (then) => {
          clearTimeout(timer)
          child.off('message', onMessage)
          child.off('exit', onExit)
          then()
        }
        child.on('message', onMessage)
        child.on('exit', onExit)
      })
      if (order !== undefined) child.send(order)
      return answer
    },
    tell(order) {
      child.send(order)
    },
    stop() {
      child.kill('SIGKILL')
      return ended
    },
  }
}
