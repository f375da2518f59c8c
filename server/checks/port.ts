import { createServer } from 'node:net'
import type { Config } from '../config.ts'
import { type Check, failed, passed } from './check.ts'

export async function checkPort(config: Config): Promise<Check> {
  const problem = await findPortProblem(config)
  if (!problem) return passed('port', `${config.host}:${config.port} is free`)
  if (await findRunningServer(config)) return passed('port', `Colloquy runs on ${config.host}:${config.port}`)
  return failed('port', problem.says, problem.remedy)
}

/** The /readyz response of a Colloquy at the configured address; undefined when there is none. */
export async function findRunningServer({ host, port }: Config): Promise<Response | undefined> {
  const at = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  try {
    const response = await fetch(`http://${at}:${port}/readyz`, { signal: AbortSignal.timeout(5_000) })
    return response.headers.get('server') === 'Colloquy' ? response : undefined
  } catch {
    return undefined // nothing there speaks HTTP: not ours
  }
}

function findPortProblem(config: Config): Promise<PortProblem | undefined> {
  return new Promise(resolve => {
    const probe = createServer()
    probe.once('error', error => resolve(explainListenError(error, config)))
    probe.listen(config.port, config.host, () => probe.close(() => resolve(undefined)))
  })
}

interface PortProblem {
  says: string
  remedy: string
}

/** Why the server cannot listen there. */
export function explainListenError(error: Error, { host, port }: Config): PortProblem {
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return {
        says: `Port ${port} of ${host} is in use by another program`,
        remedy: 'stop it, or set PORT to a free one (0 takes any)',
      }
    case 'EACCES':
      return { says: `Port ${port} is not for this user`, remedy: 'set PORT to one from 1024 up' }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        says: `${host} is not an address of this machine`,
        remedy: 'set HOST to one of its addresses, or 127.0.0.1',
      }
    default:
      return { says: `Cannot listen on ${host}:${port} (${error.message})`, remedy: 'set HOST and PORT' }
  }
}
