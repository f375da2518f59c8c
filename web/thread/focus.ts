/** Where the focus goes when what had it is gone: to the messages, which no keyboard of a phone opens for. */
export const focusLog = (): void =>
  document.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })

/** Before there are messages: to the place they will be in. */
export const focusThread = (): void => document.getElementById('thread')?.focus({ preventScroll: true })

/** To what is being written, unless the focus is somewhere already. */
export const focusMessage = (): void => {
  if (document.activeElement === document.body)
    document.querySelector<HTMLElement>('textarea[aria-label="Message"]')?.focus({ preventScroll: true })
}
