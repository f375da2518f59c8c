/** Characters that RFC 8187 requires to be encoded and encodeURIComponent leaves as they are. */
const encoded = /['()*]/g

const encodeName = (name: string) =>
  encodeURIComponent(name).replace(encoded, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * A document to be saved (RFC 6266), produced as fast as the client reads: each piece is made once the one before was
 * taken. The first is awaited here, so that an early failure is still a proper error response. `title` may contain any
 * characters.
 */
export async function attachment(
  pieces: AsyncGenerator<string>,
  { name, title, type }: { name: string; title?: string; type: string },
): Promise<Response> {
  const first = await pieces.next()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = first.value ? { value: first.value, done: false } : await pieces.next()
      first.value = undefined
      if (piece.done) controller.close()
      else controller.enqueue(new TextEncoder().encode(piece.value))
    },
    cancel: () => void pieces.return(undefined),
  })
  const titled = title === undefined ? '' : `; filename*=UTF-8''${encodeName(title)}`
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"${titled}`,
      'cache-control': 'no-store',
    },
  })
}
