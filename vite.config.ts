import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const page = join(import.meta.dirname, 'dist/page')
const beside = (role: string) => `${page}-${role}-${process.pid}`

/** The page: built from web/ into dist/page, which the server reads when it starts. */
export default defineConfig({
  root: join(import.meta.dirname, 'web'),
  plugins: [react(), tailwindcss(), preloadFont(), compressed(), whole()],
  build: {
    outDir: beside('new'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The server's policy lets nothing in that is written into the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024,
  },
})

/** Text then begins in its own font: nothing moves when the font comes. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find(name => /inter-latin-wght-normal-.*\.woff2$/.test(name))
        if (!file) return []
        const attrs = { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true }
        return [{ tag: 'link', attrs, injectTo: 'head-prepend' }]
      },
    },
  }
}

/** Each text file beside itself in two encodings, so that the server never compresses while someone waits. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }) {
      if (!dir) return
      const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
      for (const file of names
        .filter(name => /\.(html|js|css|svg)$/.test(name))
        .map(name => join(dir, name))) {
        const bytes = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
        // The highest quality takes seconds for two more percent.
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}

/** The page is there as a whole or not at all, also for a server that starts meanwhile. */
function whole(): Plugin {
  return {
    name: 'whole',
    apply: 'build',
    closeBundle(error?: Error) {
      if (error || !existsSync(beside('new'))) return
      if (existsSync(page)) renameSync(page, beside('old'))
      renameSync(beside('new'), page)
      rmSync(beside('old'), { recursive: true, force: true })
    },
  }
}
