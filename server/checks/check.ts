/** One condition for the server to work, whether it holds, and what to do if not. */
export interface Check {
  name: string
  ok: boolean
  detail: string
  remedy?: string | undefined
}

export const passed = (name: string, detail: string): Check => ({ name, ok: true, detail })

export const failed = (name: string, detail: string, remedy?: string): Check => ({
  name,
  ok: false,
  detail,
  remedy,
})
