/** The languages of the console, each under its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const

export type Language = keyof typeof languages

/** The shape of a catalogue: the same keys, and functions of the same arguments, in every language. */
type Widened<M> = {
  readonly [K in keyof M]: M[K] extends string
    ? string
    : M[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Widened<M[K]>
}

/** The messages of one page or part, in every language. */
export interface Catalogue<M> {
  readonly en: M
  readonly 'zh-CN': Widened<M>
}

/** English gives the keys; a language that lacks one, or has one too many, does not compile. */
export function catalogue<const M extends object>(messages: Catalogue<M>): Record<Language, Widened<M>> {
  return { en: messages.en as Widened<M>, 'zh-CN': messages['zh-CN'] }
}

/** `1 instance`, `2 instances`. English has two forms; Chinese needs none. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
