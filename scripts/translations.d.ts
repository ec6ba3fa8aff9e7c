export function translatedPages(): string[]
export function chineseOf(path: string): string
export function structureOf(path: string): string[]
export function outOfStep(): { readonly path: string; readonly changed: string[] }[]
