import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, Program, removeTempDir } from '../src/index.ts'

const pieceBytes = 64 * 1024

/** Whether this process may mount file systems that nobody else sees. */
export function canMount(): boolean {
  return process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0
}

/**
 * A file system of its own, in memory, of a size that is soon used up. It lives in the mount namespace of a process
 * that only holds it, so that nothing of it is left when that one ends; programs that are to use it are started inside.
 */
export class SmallDisk {
  readonly path: string
  readonly #holder: Program

  private constructor(path: string, holder: Program) {
    this.path = path
    this.#holder = holder
  }

  static async mount(megabytes: number): Promise<SmallDisk> {
    const path = makeTempDir('small-disk')
    const script = `mount -t tmpfs -o size=${megabytes}m small "${path}" && echo mounted && exec cat`
    const holder = await Program.start('unshare', ['--mount', 'sh', '-c', script], { keepStdinOpen: true })
    await holder.waitForOutput('mounted')
    return new SmallDisk(path, holder)
  }

  /** Starts a program that sees the disk at `path`. */
  start(command: string, args: readonly string[]): Promise<Program> {
    return Program.start('nsenter', ['--mount', `--target=${this.#holder.pid}`, '--', command, ...args])
  }

  /** Where this process finds what programs inside find at `path`. */
  outside(...names: readonly string[]): string {
    return join(`/proc/${this.#holder.pid}/root${this.path}`, ...names)
  }

  /** Takes all room that is left, but for `spareBytes`. */
  fill(spareBytes = 0): void {
    const ballast = (name: string, bytes: number): void => {
      const fd = openSync(this.outside(name), 'w')
      try {
        const piece = Buffer.alloc(Math.min(pieceBytes, bytes), 1)
        for (let done = 0; done < bytes; done += piece.length) writeSync(fd, piece)
      } catch {
        // Full.
      } finally {
        closeSync(fd)
      }
    }
    ballast('spare', spareBytes)
    ballast('ballast', Number.POSITIVE_INFINITY)
    rmSync(this.outside('spare'))
  }

  makeRoom(): void {
    rmSync(this.outside('ballast'), { force: true })
  }

  async setReadOnly(): Promise<void> {
    const remount = await this.start('mount', ['-o', 'remount,ro', this.path])
    const { code, stderr } = await remount.exited
    if (code !== 0) throw new Error(`The disk cannot be made read-only: ${stderr}`)
  }

  async close(): Promise<void> {
    await this.#holder.kill()
    await removeTempDir(this.path)
  }
}
