import { connect, type Socket } from 'node:net'

/** Keeps `connections` requests under way over raw sockets: next to nothing of the processor goes to the load itself. */

export interface Load {
  url: string
  connections: number
  seconds: number
  /** The n-th request: its path, token and JSON body. */
  request: (n: number) => { path: string; token: string; body: string }
}

export interface Measured {
  answered: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  refused: number
}

export async function applyLoad({ url, connections, seconds, request }: Load): Promise<Measured> {
  const { hostname, port } = new URL(url)
  const latencies: number[] = []
  let sent = 0
  let refused = 0
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      socket.setNoDelay(true)
      let sentAt = 0
      const next = () => {
        if (performance.now() >= endsAt) {
          socket.end()
          return resolve()
        }
        sentAt = performance.now()
        socket.write(encode(request(sent++), hostname))
      }
      onAnswer(socket, status => {
        latencies.push(performance.now() - sentAt)
        if (status !== 200) refused += 1
        next()
      })
      socket.once('connect', next)
      socket.once('error', reject)
    })
  await Promise.all(Array.from({ length: connections }, one))
  const elapsed = (performance.now() - startedAt) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return {
    answered: latencies.length,
    perSecond: latencies.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    refused,
  }
}

function encode({ path, token, body }: ReturnType<Load['request']>, host: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

/** One answer at a time, each with a content-length: all that our server sends to such a request. */
function onAnswer(socket: Socket, answered: (status: number) => void): void {
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const head = received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(received.slice(0, head))?.[1] ?? 0)
    if (received.length < head + 4 + length) return
    const status = Number(received.slice(9, 12))
    received = ''
    answered(status)
  })
}
