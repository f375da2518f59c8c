/** Unsent text, kept in this tab: it survives a reload, a lost session and signing in again. */
const keyOf = (personId: string, conversationId: string | undefined) =>
  `colloquy.draft/${personId}/${conversationId ?? 'new'}`

export const readDraft = (personId: string, conversationId?: string): string =>
  sessionStorage.getItem(keyOf(personId, conversationId)) ?? ''

export function keepDraft(text: string, personId: string, conversationId?: string): void {
  const key = keyOf(personId, conversationId)
  if (text) sessionStorage.setItem(key, text)
  else sessionStorage.removeItem(key)
}
