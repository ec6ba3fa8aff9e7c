import { readdirSync, readFileSync } from 'node:fs'

/** The processor time of all threads of a process and its children, in microseconds. Linux alone. */
export function cpuMicrosOf(pid) {
  let micros = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      micros += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1_000
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim()
      for (const child of children === '' ? [] : children.split(' ')) micros += cpuMicrosOf(child)
    } catch {
      // The thread has ended.
    }
  }
  return micros
}
