import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { listen } from '../../server/commands/listen.ts'
import { readConfig } from '../../server/config.ts'

const anyPort = readConfig({ PORT: '0' })
const soon = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 }

const problem = (code: string) => new RegExp(`"code":"${code}"`)

async function say(port: number, words: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(words)
  return socket
}

test.each([
  ['a head that never ends', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: '],
  ['a body that never comes', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nslow'],
])('%s is answered with a time-out and the connection ends', async (_, words) => {
  await using listening = await listen(anyPort, soon)
  listening.answerWith(async request => new Response(await request.text()))
  const answer = await text(await say(listening.port, words))
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toMatch(problem('request_timeout'))
})

test('an answer may take longer than a request may', async () => {
  await using listening = await listen(anyPort, soon)
  const slow = Promise.withResolvers<Response>()
  listening.answerWith(() => slow.promise)
  const answer = fetch(`http://127.0.0.1:${listening.port}/`)
  const other = await say(listening.port, 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: ')
  await text(other) // by then the time-out has passed
  slow.resolve(new Response('whole'))
  expect(await (await answer).text()).toBe('whole')
})

test('more than 100 headers, or more than 16 KB of them, are refused', async () => {
  await using listening = await listen(anyPort)
  listening.answerWith(() => new Response('in'))
  const head = (lines: string[]) =>
    ['GET / HTTP/1.1', 'host: a', 'connection: close', ...lines, '', ''].join('\r\n')
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: a`)
  const answerTo = async (given: string[]) => text(await say(listening.port, head(given)))
  expect(await answerTo(lines(98))).toMatch(/^HTTP\/1\.1 200 /)
  for (const given of [lines(99), [`x-long: ${'a'.repeat(17_000)}`]]) {
    const answer = await answerTo(given)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toMatch(problem('head_too_large'))
  }
})

test('of connections there are no more than were allowed, and one that ends makes room', async () => {
  await using listening = await listen(readConfig({ PORT: '0', MAX_CONNECTIONS: '2' }))
  listening.answerWith(() => new Response('in'))
  const words = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
  const [first, second] = [await say(listening.port, words), await say(listening.port, words)]
  await Promise.all([once(first, 'data'), once(second, 'data')])
  const dropped = await text(await say(listening.port, words)).catch(error => error.code)
  expect(['', 'ECONNRESET']).toContain(dropped)
  first.end()
  await once(first, 'close')
  const answered = async () =>
    text(await say(listening.port, words.replace('host: a', 'host: a\r\nconnection: close'))).catch(() => '')
  await expect.poll(answered, { timeout: 30_000, interval: 10 }).toMatch(/^HTTP\/1\.1 200 /)
  second.destroy()
})

test.each([
  ['a host that is none', 'GET / HTTP/1.1\r\nhost: a b\r\n'],
  ['a host with a path', 'GET /tasks HTTP/1.1\r\nhost: a/b?\r\n'],
  ['an address that is none', 'GET http://[/ HTTP/1.1\r\nhost: a\r\n'],
  ['a target that is no address', 'OPTIONS * HTTP/1.1\r\nhost: a\r\n'],
  ['a method that is none', 'FOO / HTTP/1.1\r\nhost: a\r\n'],
])('%s is one clear problem', async (_, head) => {
  await using listening = await listen(anyPort)
  listening.answerWith(() => new Response('in'))
  const answer = await text(await say(listening.port, `${head}connection: close\r\n\r\n`))
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im)
  expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
  expect(answer).toMatch(problem('invalid'))
})

test('HTTP/1.0 needs no host: load balancers ask so whether the server is there', async () => {
  await using listening = await listen(anyPort)
  listening.answerWith(request => new Response(new URL(request.url).pathname))
  const answer = await text(await say(listening.port, 'GET /healthz HTTP/1.0\r\n\r\n'))
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\/healthz$/)
})
