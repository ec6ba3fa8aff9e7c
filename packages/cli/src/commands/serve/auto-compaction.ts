import type { AutoCompaction } from '@waypost/server'
import { UsageError } from '../../command-line/exit-codes.ts'
import { parseDurationMs } from '../../command-line/parse-values.ts'

const hourMs = 3_600_000

/**
 * What `--auto-compaction-mode` and `--auto-compaction-retention` mean, as etcd understands them: a bare number is
 * hours in the mode periodic, which is the default, and revisions in the mode revision; 0 is off.
 */
export function autoCompaction(mode = 'periodic', retention = '0'): AutoCompaction | undefined {
  if (retention === '0') return undefined
  const isNumber = /^\d+$/.test(retention)
  if (mode === 'revision') {
    if (!isNumber || !Number.isSafeInteger(Number(retention)))
      throw new UsageError('--auto-compaction-retention is a number of revisions in the mode revision.')
    return { mode, retention: Number(retention) }
  }
  if (isNumber) return { mode: 'periodic', retentionMs: Number(retention) * hourMs }
  try {
    return { mode: 'periodic', retentionMs: parseDurationMs(retention) }
  } catch {
    throw new UsageError('--auto-compaction-retention is hours, or a length of time such as 10m or 1h30m.')
  }
}
