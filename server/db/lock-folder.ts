import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Locks a folder for this process. The lock names its holder by process id and start time, so a lock left by a killed
 * process, or by the same id in an earlier container, does not count.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, holderOf(process.pid), { flag: 'wx', mode: 0o600 })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const [pid, startedAt] = readFileSync(path, 'utf8').split(' ')
      if (isRunning(Number(pid), startedAt)) {
        throw inUse(`process ${pid} works in it`)
      }
      rmSync(path, { force: true })
    }
  }
  throw inUse('another process is opening it')
}

const inUse = (message: string) => Object.assign(new Error(message), { code: 'FOLDER_IN_USE' })

const holderOf = (pid: number) => `${pid} ${startTimeOf(pid)}`

function isRunning(pid: number, startedAt = ''): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid)
    return pid === process.pid && startedAt === startTimeOf(pid)
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return startedAt === startTimeOf(pid)
}

/** Clock ticks from boot to the process's start (proc(5), field 22); empty where there is no /proc. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
