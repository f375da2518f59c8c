import { pauseFor } from './pause.ts'

/** Parts of the page that are loaded on demand; a failed load is retried. */
export const loadMarkdown = () => persistently(() => import('./markdown.tsx'))
export const loadHighlighter = () => persistently(() => import('./highlight.ts'))

export async function persistently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await load()
    } catch {
      await pauseFor(failures)
    }
  }
}
