/** The user of a verified token. `id` is the tenant; the rest is present if the token had it. */
export interface AuthenticatedUser {
  id: string
  email: string | undefined
  name: string | undefined
}
