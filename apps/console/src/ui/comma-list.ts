/** `a, b` as a list, with commas of either script. */
export function commaList(text: string): string[] {
  return text
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
