import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const { COLLOQUY_URL: target = 'http://127.0.0.1:3000', TOKEN: token = '' } = process.env

/** The page comes from here, its requests go on to Colloquy: for the browser both are one origin. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // A token made for trying things out; a real page asks for its user's own at /api/auth/token.
  define: { __TOKEN__: JSON.stringify(token) },
  server: { proxy: { '/ai-sdk': target } },
})
