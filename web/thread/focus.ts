/** Focuses the messages when the focused element is gone; that opens no on-screen keyboard. */
export const focusLog = (): void =>
  document.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })

/** Before there are messages: focuses the place where they will be. */
export const focusThread = (): void => document.getElementById('thread')?.focus({ preventScroll: true })

/** Focuses the composer, unless something has the focus already. */
export const focusMessage = (): void => {
  if (document.activeElement === document.body)
    document.querySelector<HTMLElement>('textarea[aria-label="Message"]')?.focus({ preventScroll: true })
}
