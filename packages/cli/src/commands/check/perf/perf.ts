import { type Command, Option } from 'commander'
import { keysBelow } from '../../../access/asked.ts'
import { exitCodes } from '../../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { parseDurationMs } from '../../../command-line/parse-values.ts'
import { withStore } from '../../../store/store.ts'
import { onInterrupt } from '../../../terminal/interrupt.ts'
import { ProgressBar } from '../../../terminal/progress-bar.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { verdict } from './verdict.ts'
import { defaultWorkload, parseWorkload, type Workload } from './workloads.ts'

interface PerfOptions extends GlobalOptions {
  readonly load: Workload
  readonly prefix: string
  readonly duration: number
  readonly autoCompact?: true
  readonly autoDefrag?: true
}

export function define(command: Command): void {
  command
    .description(
      'Put values of 1 KiB at a steady rate, and report whether the store keeps up and how long puts take. The keys ' +
        'are deleted at the end. Fails if the store does not keep up.',
    )
    .addOption(
      new Option('--load <size>', 's: 150 puts a second, m: 1,000, l: 8,000, xl: 15,000')
        .argParser(parseWorkload)
        .default(defaultWorkload, '"s"'),
    )
    .option('--prefix <prefix>', 'the prefix to write to; it must be empty', '/etcdctl-check-perf/')
    .option('--duration <time>', 'how long to write (default: "60s")', parseDurationMs, 60_000)
    .option('--auto-compact', 'compact the history at the end')
    .option('--auto-defrag', 'defragment at the end')
    .addHelpText('after', examples(['waypost check perf', ''], ['waypost check perf --load l --duration 10s', '']))
    .action(perf)
}

async function perf(own: PerfOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { load: workload, prefix, duration: durationMs } = own
  using interrupt = onInterrupt()
  using progress = new ProgressBar('puts', Math.ceil((workload.putsPerSecond * durationMs) / 1_000))
  await withStore(
    options,
    async (etcd) => {
      const { checkPerf } = await import('./check-perf.ts')
      const { latencies, revision } = await checkPerf(etcd, {
        workload,
        prefix,
        durationMs,
        signal: interrupt.signal,
        onPut: (count) => progress.show(count),
      })
      progress.clear()
      if (interrupt.signal.aborted) return
      if (own.autoCompact) await etcd.kv.compact(revision, { physical: true, timeoutMs: 60_000 })
      if (own.autoDefrag)
        for (const endpoint of etcd.endpoints) await etcd.maintenance.defragment({ endpoint, timeoutMs: 600_000 })
      const { lines, passed } = verdict(latencies, workload)
      terminal.write(lines.map((line) => `${line}\n`).join(''))
      if (!passed) process.exitCode = exitCodes.failed.code
    },
    keysBelow('readwrite', prefix),
  )
}
