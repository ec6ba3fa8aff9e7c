import { readdirSync } from 'node:fs'
import { metricText } from '@waypost/core/metrics'

/** What every Prometheus client tells of its process. */
export function processMetrics(): string {
  const { user, system } = process.cpuUsage()
  const memory = process.memoryUsage()
  const startedAt = Date.now() / 1000 - process.uptime()
  const descriptors = openDescriptors()
  return [
    metricText('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', memory.rss),
    metricText('process_cpu_seconds_total', 'counter', 'User and system CPU time in seconds.', (user + system) / 1e6),
    metricText('process_start_time_seconds', 'gauge', 'Start time since the Unix epoch in seconds.', startedAt),
    descriptors === undefined ? '' : metricText('process_open_fds', 'gauge', 'Open file descriptors.', descriptors),
    metricText('nodejs_heap_size_used_bytes', 'gauge', "Bytes in use of JavaScript's heap.", memory.heapUsed),
    metricText('nodejs_external_memory_bytes', 'gauge', 'Bytes of buffers outside the heap.', memory.external),
    metricText('nodejs_version_info', 'gauge', 'The version of Node.', [
      { labels: { version: process.version }, value: 1 },
    ]),
  ].join('')
}

/** Undefined where the system does not show them. */
function openDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
