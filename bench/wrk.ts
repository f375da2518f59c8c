import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { applyLoad, type Load, type Measured } from './http-load.ts'

export const hasWrk = spawnSync('wrk', ['--version']).error === undefined

/** How many different requests wrk sends, round and round. */
const distinct = 500

/** The same load from wrk where it is installed: it costs the machine less than a load from Node. */
export async function applyLightLoad(load: Load): Promise<Measured> {
  if (!hasWrk) return applyLoad(load)
  const script = join(mkdtempSync(join(tmpdir(), 'colloquy-bench-')), 'load.lua')
  writeFileSync(script, luaOf(load))
  const args = [
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--timeout',
    '10s',
    '-s',
    script,
    load.url,
  ]
  const { stdout } = await promisify(execFile)('wrk', args)
  const { answered, seconds, p50, p99, refused } = JSON.parse(stdout.split('RESULT ')[1] ?? '')
  return { answered, perSecond: answered / seconds, p50, p99, refused }
}

function luaOf({ request }: Load): string {
  const requests = Array.from({ length: distinct }, (_, n) => {
    const { path, token, body } = request(n)
    return `wrk.format('POST', '${path}', {['authorization'] = 'Bearer ${token}', ['content-type'] = 'application/json'}, [[${body}]])`
  })
  return `
local requests, n = {}, 0
init = function() requests = {${requests.join(',\n')}} end
request = function() n = n % #requests + 1; return requests[n] end
done = function(summary, latency)
  io.write(string.format('RESULT {"answered": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.errors.status))
end
`
}
