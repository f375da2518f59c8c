import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** A file of the built page in each of its encodings, held in memory. */
export interface PageFile {
  type: string
  /** Weak: the same tag for all encodings (RFC 9110, section 8.8.1). */
  etag: string
  bytes: Uint8Array<ArrayBuffer>
  br: Uint8Array<ArrayBuffer> | undefined
  gzip: Uint8Array<ArrayBuffer> | undefined
}

/** Keyed by path, such as `/assets/main.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const builtPage = join(import.meta.dirname, '../../dist/page')

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * All files of the page; empty when it was not built. A path that is not among them does not exist, whatever it looks
 * like: the file system is not consulted later.
 */
export function readPageFiles(folder = builtPage): PageFiles {
  const names = listFiles(folder)
  const read = (name: string) => (names.has(name) ? readFileSync(join(folder, name)) : undefined)
  const files = new Map<string, PageFile>()
  for (const name of names) {
    const type = types[extname(name)]
    const bytes = type && read(name)
    if (!bytes) continue
    const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    files.set(`/${name}`, { type, etag, bytes, br: read(`${name}.br`), gzip: read(`${name}.gz`) })
  }
  return files
}

function listFiles(folder: string): Set<string> {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return new Set(names.map(name => name.replaceAll('\\', '/')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set()
    throw error
  }
}
