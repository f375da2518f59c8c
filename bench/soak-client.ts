import { once } from 'node:events'
import { applySoak } from './soak-load.ts'

/** A process of its own: when it goes, so do its connections. */
const [url = '', people = ''] = process.argv.slice(2)
const over = new AbortController()
const done = applySoak(url, Number(people), over.signal)
await once(process, 'message')
over.abort()
process.send?.(await done, () => process.exit())
