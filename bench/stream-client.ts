import { connect } from 'node:net'
import { tokenOf } from './world.ts'

/**
 * Opens `count` event streams, each of a turn of its own, and reports how late the deltas arrive: a delta is the time
 * at which the model said it. Raw sockets, so that the client does not become what is measured.
 */
const [url = '', count = '0', seconds = '0'] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const delays: number[] = []
let isMeasuring = false

process.setMaxListeners(0)
for (let opened = 0; opened < Number(count); opened += 100) {
  await Promise.all(Array.from({ length: Math.min(100, Number(count) - opened) }, (_, n) => open(opened + n)))
}
process.send?.('open')
process.once('message', () => {
  isMeasuring = true
  setTimeout(() => {
    delays.sort((a, b) => a - b)
    const at = (share: number) => delays[Math.floor(delays.length * share)]
    process.send?.({ deltas: delays.length, p50: at(0.5), p99: at(0.99) })
    process.exit()
  }, Number(seconds) * 1000)
})

async function open(n: number): Promise<void> {
  const user = `stream${n}`
  const token = await tokenOf(user)
  const body = '{"message":"What time is it?"}'
  const socket = connect(Number(port), hostname)
  socket.setEncoding('latin1')
  socket.write(
    `POST /api/${user}/chat HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n` +
      `accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.on('data', (chunk: string) => {
      resolve()
      if (!isMeasuring) return
      const now = Date.now()
      for (const [, saidAt] of chunk.matchAll(/"delta":"(\d+) "/g)) delays.push(now - Number(saidAt))
    })
  })
}
