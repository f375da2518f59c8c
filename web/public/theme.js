// Before anything is drawn, so that a chosen theme never flashes in the other one. The rest is in shell/theme.ts.
try {
  const theme = localStorage.getItem('colloquy.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // No storage: the system's theme.
}
