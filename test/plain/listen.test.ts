import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { CommandError } from '../../server/commands/command.ts'
import { listen } from '../../server/commands/listen.ts'
import { readConfig } from '../../server/config.ts'
import { freePort } from '../support/postgres-server.ts'

const anyPort = readConfig({ PORT: '0' })

test('a request that comes before the application is ready waits for it', async () => {
  await using listening = await listen(anyPort)
  const early = fetch(`http://127.0.0.1:${listening.port}/`)
  // Connected and sent: only then does it mean anything that the answer comes.
  await fetchable(listening.port)
  listening.answerWith(() => new Response('ready'))
  expect(await (await early).text()).toBe('ready')
})

test('a taken port is one clear sentence', async () => {
  await using listening = await listen(anyPort)
  const again = listen(readConfig({ PORT: String(listening.port) }))
  await expect(again).rejects.toThrow(CommandError)
  await expect(again).rejects.toThrow(/^Port \d+ of 127\.0\.0\.1 is in use by another program: .*PORT/)
})

test('an address of another machine is one clear sentence', async () => {
  const config = readConfig({ HOST: '192.0.2.1', PORT: String(await freePort()) })
  await expect(listen(config)).rejects.toThrow(/^192\.0\.2\.1 is not an address of this machine: .*HOST/)
})

test('stopping lets an answer under way finish and then closes its kept-alive connection', async () => {
  const listening = await listen(anyPort)
  const arrived = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  listening.answerWith(async () => {
    arrived.resolve()
    await go.promise
    return new Response('whole')
  })
  const answer = fetch(`http://127.0.0.1:${listening.port}/`)
  await arrived.promise
  listening.stopAccepting()
  await expect(fetchable(listening.port)).rejects.toThrow(/ECONNREFUSED/)
  const stopped = listening[Symbol.asyncDispose]()
  go.resolve()
  expect(await (await answer).text()).toBe('whole')
  await stopped
})

test('a stream whose reader never lets go does not keep the process', async () => {
  const listening = await listen(anyPort)
  listening.answerWith(
    () =>
      new Response(new ReadableStream({ start: c => c.enqueue(new TextEncoder().encode('data: 1\n\n')) })),
  )
  const response = await fetch(`http://127.0.0.1:${listening.port}/`)
  await listening[Symbol.asyncDispose]()
  await expect(response.text()).rejects.toThrow()
})

async function fetchable(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}

test('while draining, requests are answered, each as the last of its connection', async () => {
  await using listening = await listen(anyPort)
  const go = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  listening.answerWith(async request => {
    if (request.url.endsWith('/waits')) {
      arrived.resolve()
      await go.promise
    }
    return new Response('answered')
  })
  const url = `http://127.0.0.1:${listening.port}`
  // Need a connection that is kept before: only then does it mean anything that it is not afterwards.
  expect((await fetch(url)).headers.get('connection')).toBe('keep-alive')
  const underWay = fetch(`${url}/waits`)
  await arrived.promise
  listening.drain()
  go.resolve()
  for (const answer of [await underWay, await fetch(url)]) {
    expect(answer.headers.get('connection')).toBe('close')
    expect(await answer.text()).toBe('answered')
  }
})
