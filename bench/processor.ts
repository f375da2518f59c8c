import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

const ticksPerSecond = 100

/** Processor time a process has used, user and system (proc(5), fields 14 and 15). */
export const processorSecondsOf = (pid: number | undefined): number => usedBy(fieldsOf(pid))

/** That of a process and its children, those that have ended included (fields 16 and 17). */
export function familySecondsOf(pid: number | undefined): number {
  const own = fieldsOf(pid)
  const ended = (Number(own[13]) + Number(own[14])) / ticksPerSecond
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(fieldsIfThere)
    .filter(([, parent]) => Number(parent) === pid)
    .reduce((sum, fields) => sum + usedBy(fields), usedBy(own) + ended)
}

const usedBy = (fields: string[]) => (Number(fields[11]) + Number(fields[12])) / ticksPerSecond

/** Seconds that all cores together have spent idle or waiting for the disk. */
export const idleSeconds = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1000

function fieldsIfThere(pid: string): string[] {
  try {
    return fieldsOf(pid)
  } catch {
    return [] // it has ended since it was listed
  }
}

/** The fields of proc(5), stat, from the third on. */
function fieldsOf(pid: number | string | undefined): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Resident memory in bytes (proc(5), status). */
export function residentBytesOf(pid: number | undefined): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
