/** The part of Postgres's wire protocol needed to tell statements apart: message frames, and the content of some. */

/** Splits a stream into whole messages. A client's first one, the startup message, has no type byte. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0)
  #header: 0 | 1

  constructor(of: 'client' | 'server') {
    this.#header = of === 'client' ? 0 : 1
  }

  cut(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const frames: Buffer[] = []
    for (;;) {
      if (this.#rest.length < this.#header + 4) return frames
      const end = this.#header + this.#rest.readUInt32BE(this.#header)
      if (this.#rest.length < end) return frames
      frames.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
      this.#header = 1
    }
  }
}

export const typeOf = (frame: Buffer) => String.fromCharCode(frame[0] ?? 0)

/** The zero-terminated strings at the start of a message. */
export function stringsOf(frame: Buffer, count: number): string[] {
  const strings: string[] = []
  for (let at = 5; strings.length < count; ) {
    const end = frame.indexOf(0, at)
    strings.push(frame.toString('utf8', at, end))
    at = end + 1
  }
  return strings
}

/** The first value of a Bind message, as text. */
export function firstValueOf(frame: Buffer): string | undefined {
  const [portal = '', statement = ''] = stringsOf(frame, 2)
  const formats = 5 + Buffer.byteLength(portal) + Buffer.byteLength(statement) + 2
  const values = formats + 2 + 2 * frame.readInt16BE(formats)
  if (frame.readInt16BE(values) === 0) return undefined
  const length = frame.readInt32BE(values + 2)
  return length < 0 ? undefined : frame.toString('utf8', values + 6, values + 6 + length)
}

/** A statement's name: the SQL function it calls, or else its verb and table. */
export function nameOf(statement: string): string {
  const [, called] = /colloquy\.(\w+?)_v\d+\(/.exec(statement) ?? []
  if (called) return called
  const text = statement.trim().toLowerCase()
  const [, verb] = /^(rollback to|release|savepoint|insert|update|delete|select|\w+)/.exec(text) ?? []
  const [, table] = /"(tasks|task_counters)"/.exec(text) ?? []
  return table ? `${verb} ${table}` : (verb ?? 'nothing')
}
