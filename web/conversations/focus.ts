/**
 * Where the focus goes when the conversation that has it changes its place in the list or leaves it. Its row is another
 * element by then, so it is looked for in the document.
 */
const list = 'nav[aria-label="Conversations"]'

const links = () => [...document.querySelectorAll<HTMLAnchorElement>(`${list} a[href^="/c/"]`)]
const linkOf = (id: string) => links().find(link => link.pathname === `/c/${id}`)

export const focusConversation = (id: string): void => linkOf(id)?.focus()

/** To be asked before a conversation leaves, and called when it has left. */
export function focusBeside(id: string): () => void {
  const all = links()
  const place = all.findIndex(link => link.pathname === `/c/${id}`)
  const beside = (all[place + 1] ?? all[place - 1])?.pathname.slice('/c/'.length)
  return () => {
    const target = (beside && linkOf(beside)) || document.querySelector<HTMLElement>(`${list} button`)
    target?.focus()
  }
}
