/** A shop to try the desk with: npx node examples/support-desk/practice-shop.ts. It knows one order, and pays once a key. */
import { createServer } from 'node:http'

const order = { id: 'A-1001', status: 'on its way', total: 120 }
const refunds = new Map<string, string>()

createServer((request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const key = String(request.headers['idempotency-key'] ?? '')
  const path = `/orders/${order.id}`
  if (request.method === 'GET' && request.url === path) answer(200, order)
  else if (request.method === 'POST' && request.url === `${path}/refunds` && key) {
    const refund = refunds.get(key) ?? `R-${refunds.size + 1}`
    refunds.set(key, refund)
    answer(200, { refund })
  } else answer(404, { error: 'not found' })
}).listen(4000, '127.0.0.1', () => console.log('The shop is at http://127.0.0.1:4000'))
