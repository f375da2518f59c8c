export interface EventFrame {
  event: string
  data: string
}

/** The frames of an event stream (HTML, section 9.2). `onBytes` is called for all data, including heartbeats. */
export async function* readEventFrames(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<EventFrame> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ''
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      rest = `${rest}${decoder.decode(value, { stream: true })}`.replaceAll('\r\n', '\n')
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const frame = frameOf(block)
        if (frame) yield frame
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Undefined for a block without data: a comment. */
function frameOf(block: string): EventFrame | undefined {
  const fields = block.split('\n').map(line => /^(\w*):? ?(.*)$/.exec(line) ?? [])
  const data = fields.filter(([, name]) => name === 'data').map(([, , value]) => value ?? '')
  const event = fields.find(([, name]) => name === 'event')?.[2] ?? 'message'
  return data.length > 0 ? { event, data: data.join('\n') } : undefined
}
