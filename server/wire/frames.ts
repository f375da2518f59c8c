import type { TurnEvent } from '../turns/event.ts'

type DeltaEvent = Extract<TurnEvent, { delta: string }>

export interface FrameSharing {
  /** The bytes of a delta's frame. An event goes to all followers in a row, so the last one's bytes are reused. */
  encode(event: DeltaEvent, id: string, frame: (event: DeltaEvent, id: string) => string): Uint8Array
  bytesOf(frames: string): Uint8Array
}

const nothing = new Uint8Array(0)

/** Shared by the connections of one protocol in one process. */
export function createFrameSharing(): FrameSharing {
  const encoder = new TextEncoder()
  let last: { event: DeltaEvent; id: string; bytes: Uint8Array } | undefined
  return {
    encode(event, id, frame) {
      if (last?.event === event && last.id === id) return last.bytes
      const bytes = encoder.encode(frame(event, id))
      last = { event, id, bytes }
      return bytes
    },
    bytesOf: frames => (frames === '' ? nothing : encoder.encode(frames)),
  }
}
