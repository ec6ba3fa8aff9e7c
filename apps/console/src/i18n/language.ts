import { useSyncExternalStore } from 'react'
import { type Language, languages } from './catalogue.ts'

const storageKey = 'waypost.language'
const listeners = new Set<() => void>()
let current: Language = initialLanguage()
document.documentElement.lang = current

function isLanguage(value: string | null): value is Language {
  return value !== null && Object.hasOwn(languages, value)
}

function initialLanguage(): Language {
  try {
    const stored = localStorage.getItem(storageKey)
    if (isLanguage(stored)) return stored
  } catch {
    // Storage is switched off: the browser's languages decide.
  }
  return navigator.languages.some((language) => language.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en'
}

export function language(): Language {
  return current
}

/** Applies at once and is remembered in this browser. */
export function setLanguage(value: Language): void {
  current = value
  document.documentElement.lang = value
  try {
    localStorage.setItem(storageKey, value)
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
  for (const listener of listeners) listener()
}

export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, language)
}

/** The messages of a catalogue in the language that is chosen. */
export function useMessages<M>(messages: Record<Language, M>): M {
  return messages[useLanguage()]
}
