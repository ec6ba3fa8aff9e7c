// Before the first paint, so that a page in the dark never flashes white. Kept in step with src/theme/theme.ts.
try {
  const theme = localStorage.getItem('waypost.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is switched off: the system's preference holds.
}
