import { ToolError, UnknownOutcome } from 'colloquy'

/** The shop's HTTP API, which is somebody else's: SHOP_URL says where. */

export interface Order {
  id: string
  status: string
  total: number
}

export async function findOrder(id: string, signal: AbortSignal): Promise<Order> {
  const response = await fetch(addressOf(`/orders/${encodeURIComponent(id)}`), { signal })
  if (response.status === 404) throw new ToolError(`There is no order ${id}`, 'order_not_found')
  if (!response.ok) throw new ToolError('The shop does not answer at the moment', 'shop_unavailable')
  return response.json()
}

interface Refund {
  id: string
  amount: number
  signal: AbortSignal
  /** The same for every attempt of one call: a shop that knows it pays once. */
  idempotencyKey: string
}

export async function refundOrder({
  id,
  amount,
  signal,
  idempotencyKey,
}: Refund): Promise<{ refund: string }> {
  const response = await fetch(addressOf(`/orders/${encodeURIComponent(id)}/refunds`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ amount }),
    signal,
  }).catch(error => {
    throw new UnknownOutcome('The shop did not answer: it is not known whether it has paid', error)
  })
  if (response.status >= 500) throw new UnknownOutcome('It is not known whether the shop has paid')
  if (!response.ok) throw new ToolError(`The shop refused to refund order ${id}`, 'refund_refused')
  return response.json()
}

const addressOf = (path: string) => new URL(path, process.env.SHOP_URL || 'http://127.0.0.1:4000')
