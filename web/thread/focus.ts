/** Where the focus goes when what had it is gone: to the messages, which no keyboard of a phone opens for. */
export const focusLog = (): void =>
  document.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })

/** Before there are messages: to the place they will be in. */
export const focusThread = (): void => document.getElementById('thread')?.focus({ preventScroll: true })
