import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For programs that send no token: forwards every request unchanged, including Host and Origin, with a token added. */
export async function openBearerProxy(
  target: string,
  token: string,
): Promise<AsyncDisposable & { url: string }> {
  const { hostname, port } = new URL(target)
  const proxy = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const onward = request({
      hostname,
      port,
      method,
      path,
      headers: { ...headers, authorization: `Bearer ${token}` },
    })
    onward.on('response', answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const { port: own } = proxy.address() as AddressInfo // a TCP server's address
  return {
    url: `http://127.0.0.1:${own}`,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      await new Promise(resolve => proxy.close(resolve))
    },
  }
}
