import { existsSync, readFileSync } from 'node:fs'
import { scaled } from './scale.js'

const hasProc = existsSync('/proc/self/stat')
/** The unit of times in /proc: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100

/** User and system time of a process so far, in seconds; undefined where there is no /proc. */
export function cpuSeconds(pid) {
  if (!hasProc) return undefined
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the program's name in parentheses, and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory of a process in bytes, pages of mapped files among them; undefined where there is no /proc. */
export function residentBytes(pid) {
  if (!hasProc) return undefined
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(status.match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024
}

/** Resident memory once it has stopped changing by more than a hundredth, or after five seconds. */
export async function settledResidentBytes(pid) {
  let last = residentBytes(pid)
  for (let attempt = 0; attempt < 5 && last !== undefined; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, scaled(1000, 1)))
    const now = residentBytes(pid)
    const settled = Math.abs(now - last) < last / 100
    last = now
    if (settled) break
  }
  return last
}
