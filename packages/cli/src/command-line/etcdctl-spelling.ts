import { Command, type ParseOptionsResult } from 'commander'

/** A command that takes spellings of etcdctl as well: `-w=json` and `--prefix=true`, for the options that it has. */
export class SpellingCommand extends Command {
  override createCommand(name?: string): SpellingCommand {
    return new SpellingCommand(name)
  }

  override parseOptions(argv: string[]): ParseOptionsResult {
    return super.parseOptions(this.#usualSpelling(argv))
  }

  #usualSpelling(argv: readonly string[]): string[] {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length
    return [...argv.slice(0, end).flatMap((word) => this.#spell(word)), ...argv.slice(end)]
  }

  #spell(word: string): readonly string[] {
    const [, name = '', value = ''] = /^(-[a-z]|--[a-z-]+)=(.*)$/s.exec(word) ?? []
    const option = this.options.find(({ long, short }) => name !== '' && (long === name || short === name))
    if (option === undefined) return [word]
    const takesValue = option.required || option.optional
    if (takesValue) return option.short === name ? [name, value] : [word]
    if (value === 'true') return [name]
    return value === 'false' ? [] : [word]
  }
}
