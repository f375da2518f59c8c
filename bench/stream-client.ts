import { once } from 'node:events'
import { connect } from 'node:net'
import { tokenOf } from './world.ts'

/**
 * Opens `streams` event streams, the first of each turn by saying something and the others by following it, and reports
 * how late the deltas arrive: a delta is the time at which the model said it. Raw sockets, so that the client does not
 * become what is measured.
 */
const [url = '', ...numbers] = process.argv.slice(2)
const [streams = 0, turns = 0, seconds = 0] = numbers.map(Number)
const { hostname, port } = new URL(url)
const delays: number[] = []
const turnIds: string[] = []
const atOnce = 100
let isMeasuring = false

process.setMaxListeners(0)
for (let opened = 0; opened < streams; opened += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, streams - opened) }, (_, n) => open(opened + n)))
}
process.send?.('open')
await once(process, 'message')
isMeasuring = true
setTimeout(() => {
  delays.sort((a, b) => a - b)
  const at = (share: number) => delays[Math.floor(delays.length * share)]
  process.send?.({ deltas: delays.length, p50: at(0.5), p99: at(0.99) })
}, seconds * 1000)
await once(process, 'message')
process.exit()

async function open(n: number): Promise<void> {
  const socket = connect(Number(port), hostname)
  socket.setEncoding('latin1')
  socket.write(await requestFor(n))
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (head: string) => {
      if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`Stream ${n}: ${head}`)
    })
    socket.on('data', (chunk: string) => {
      if (n < turns) turnIds[n] ??= /"turn_id":"([^"]+)"/.exec(chunk)?.[1] ?? ''
      resolve()
      if (!isMeasuring) return
      const now = Date.now()
      for (const [, saidAt] of chunk.matchAll(/"delta":"(\d+) "/g)) delays.push(now - Number(saidAt))
    })
  })
}

async function requestFor(n: number): Promise<string> {
  const user = `stream${n % turns}`
  const head = `host: ${hostname}\r\nauthorization: Bearer ${await tokenOf(user)}\r\naccept: text/event-stream\r\n`
  if (n >= turns) return `GET /api/${user}/turns/${turnIds[n % turns]}/events HTTP/1.1\r\n${head}\r\n`
  const body = '{"message":"What time is it?"}'
  return (
    `POST /api/${user}/chat HTTP/1.1\r\n${head}content-type: application/json\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`
  )
}
