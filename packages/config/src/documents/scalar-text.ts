/**
 * The value that text stands for where a format has no types: a properties file, an environment variable, the default
 * of a placeholder. `true`, `false`, `null` and numbers written as JavaScript writes them become such values, so that
 * turning them back gives the same text; everything else (`007`, `1e3`, `1.0`, an empty value) stays text.
 */
export function scalarOfText(text: string): string | number | boolean | null {
  switch (text) {
    case 'true':
      return true
    case 'false':
      return false
    case 'null':
      return null
    default: {
      const number = Number(text)
      return Number.isFinite(number) && String(number) === text ? number : text
    }
  }
}
