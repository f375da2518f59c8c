import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listening } from './pgbouncer.ts'
import { freePort } from './postgres-server.ts'
import { substitute } from './shipped-file.ts'

const program = ['/usr/sbin/nginx', '/usr/bin/nginx'].find(path => existsSync(path))

/** Why tests that need nginx are skipped; undefined when they run. */
export const noNginx = program ? undefined : 'nginx is not installed (apt-get install nginx)'

export interface Balancer extends AsyncDisposable {
  url: string
}

/** Starts nginx with the shipped configuration in front of two local instances. */
export async function startNginx(one: number, two: number): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-nginx-'))
  const port = await freePort()
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${join(folder, name)};`,
  )
  const conf = substitute(readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8'), [
    ['events {', `pid ${join(folder, 'pid')};\nerror_log ${join(folder, 'error.log')};\nevents {`],
    ['http {\n', `http {\n  access_log off;\n  ${places.join('\n  ')}\n`],
    ['server one:3000', `server 127.0.0.1:${one}`],
    ['server two:3000', `server 127.0.0.1:${two}`],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['worker_connections 20000', 'worker_connections 512'],
  ])
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, conf)
  const child = spawn(program ?? '', ['-p', folder, '-c', file, '-g', 'daemon off; master_process off;'], {
    stdio: 'ignore',
  })
  await listening(child, port)
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
