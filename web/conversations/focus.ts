/**
 * Moves the focus when the focused conversation changes its place in the list or leaves it. Its row is a new element by
 * then, so it is looked up in the document.
 */
const list = 'nav[aria-label="Conversations"]'

const links = () => [...document.querySelectorAll<HTMLAnchorElement>(`${list} a[href^="/c/"]`)]
const linkOf = (id: string) => links().find(link => link.pathname === `/c/${id}`)

export const focusConversation = (id: string): void => linkOf(id)?.focus()

/** Call this before a conversation leaves the list, and the returned function afterwards. */
export function focusBeside(id: string): () => void {
  const all = links()
  const place = all.findIndex(link => link.pathname === `/c/${id}`)
  const beside = (all[place + 1] ?? all[place - 1])?.pathname.slice('/c/'.length)
  return () => {
    const target = (beside && linkOf(beside)) || document.querySelector<HTMLElement>(`${list} button`)
    target?.focus()
  }
}
