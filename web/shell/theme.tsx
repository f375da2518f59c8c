import { Monitor, Moon, Sun } from 'lucide-react'
import { useLayoutEffect } from 'react'
import { IconButton } from '../design/button.tsx'
import { useMedia } from '../design/media.ts'
import { Segments } from '../design/segments.tsx'
import { useStored } from '../design/stored.ts'

export type Theme = 'system' | 'light' | 'dark'

/** The chosen theme. public/theme.js applies it before the first paint; afterwards this does. */
function useTheme(): [Theme, (theme: Theme) => void] {
  const [stored, store] = useStored('theme')
  const theme = stored === 'light' || stored === 'dark' ? stored : 'system'
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }, [theme])
  return [theme, next => store(next === 'system' ? undefined : next)]
}

/** Switches to the other theme, by choosing “system” when the system has that theme. */
export function ThemeSwitch() {
  const [theme, choose] = useTheme()
  const systemIsDark = useMedia('(prefers-color-scheme: dark)')
  const isDark = theme === 'system' ? systemIsDark : theme === 'dark'
  const other = isDark ? 'light' : 'dark'
  return (
    <IconButton
      label={`Use the ${other} theme`}
      onClick={() => choose((other === 'dark') === systemIsDark ? 'system' : other)}
    >
      {isDark ? <Sun /> : <Moon />}
    </IconButton>
  )
}

const choices = [
  { value: 'system', icon: Monitor, words: 'System' },
  { value: 'light', icon: Sun, words: 'Light' },
  { value: 'dark', icon: Moon, words: 'Dark' },
] as const

/** All three choices, for the settings. */
export function ThemeChoice() {
  const [theme, choose] = useTheme()
  return <Segments label="Theme" options={choices} value={theme} onChange={choose} />
}
