import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A failing network: forwards bytes until told to cut open connections or to lose the next response. */
export interface CuttableProxy extends AsyncDisposable {
  url: string
  lostAnswers: number
  cut(): void
  /** The next request arrives, but nothing of its response. */
  loseNextAnswer(): void
}

export async function openCuttableProxy(target: string): Promise<CuttableProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let loses = false
  const server = createServer(incoming => {
    const onward = connect(Number(port), hostname)
    for (const socket of [incoming, onward]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        incoming.destroy()
        onward.destroy()
      })
    }
    incoming.pipe(onward)
    onward.on('data', bytes => {
      if (!loses) return void incoming.write(bytes)
      loses = false
      proxy.lostAnswers += 1
      incoming.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo // a TCP server's address
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const proxy: CuttableProxy = {
    url: `http://127.0.0.1:${own}`,
    lostAnswers: 0,
    cut,
    loseNextAnswer() {
      loses = true
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return proxy
}
