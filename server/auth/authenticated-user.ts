/** Who a verified token speaks for. `id` is the tenant; the rest is what the token happened to say. */
export interface AuthenticatedUser {
  id: string
  email: string | undefined
  name: string | undefined
}
