import type { EtcdClient } from '@waypost/client'
import { delay, messageOf, WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseLeaseId } from '../../command-line/parse-values.ts'
import { headerLines, leaseLines } from '../../print/fields.ts'
import { leaseKeepAliveJson } from '../../print/json.ts'
import { Output } from '../../print/output.ts'
import { leaseGoneSimple, leaseKeepAliveSimple } from '../../print/simple.ts'
import { headerAt, withStore } from '../../store/store.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = new Output('simple', 'json', 'fields')

interface KeepAliveOptions extends GlobalOptions {
  readonly once?: true
}

export function define(command: Command): void {
  command
    .description('Renew a lease until it is gone or Ctrl+C is pressed.')
    .argument('<id>', 'the lease, in hexadecimal', parseLeaseId)
    .option('--once', 'renew it once')
    .addHelpText('after', examples(['waypost lease keep-alive 694d7f9a2c1be805', '']))
    .action(keepAlive)
}

async function keepAlive(id: bigint, _own: KeepAliveOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<KeepAliveOptions>()
  await withStore(options, async (etcd) => {
    if (options.once) await renew(etcd, id, options)
    else {
      using interrupt = onInterrupt()
      terminal.surviveReaders()
      await renewAgainAndAgain(etcd, id, options, interrupt.signal)
    }
  })
}

async function renew(etcd: EtcdClient, id: bigint, options: GlobalOptions, signal?: AbortSignal): Promise<number> {
  const ttlSeconds = await etcd.leases.keepAliveOnce(id, { signal })
  const lease = { id, ttlSeconds }
  await output.print(options, {
    simple: () => leaseKeepAliveSimple(lease),
    json: async () => leaseKeepAliveJson(await headerAt(etcd), lease),
    fields: async () => headerLines(await headerAt(etcd)) + leaseLines(lease),
  })
  return ttlSeconds
}

async function renewAgainAndAgain(
  etcd: EtcdClient,
  id: bigint,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<void> {
  let ttlSeconds = 0
  while (!signal.aborted) {
    try {
      ttlSeconds = await renew(etcd, id, options, signal)
      await delay((ttlSeconds * 1000) / 3, { signal })
    } catch (error) {
      if (WaypostError.is(error, 'lease-not-found')) {
        if (!output.choose(options, { simple: true, json: false, fields: false })) throw error
        terminal.write(leaseGoneSimple(id))
        if (ttlSeconds === 0) process.exitCode = exitCodes.notFound.code
        return
      }
      const worthAnotherTry = ttlSeconds > 0 && WaypostError.is(error) && error.retryable
      if (!worthAnotherTry && !signal.aborted) throw error
      if (!signal.aborted) terminal.writeError(`${messageOf(error)} Trying again.\n`)
    }
  }
}
