import { parseArgs } from 'node:util'

/** Something the program does when named on its command line. */
export interface Command {
  name: string
  summary: string
  /** What `--help` says after the summary. */
  help: string
  options: readonly CommandOption[]
  /** What it is about, named without dashes: `erase USER`. All are required. */
  operands?: readonly string[]
  /** Resolves to the exit code. */
  run(values: Readonly<Record<string, string | undefined>>): Promise<number>
}

export interface CommandOption {
  name: string
  /** What the value is, as help names it: `--user ID`; without one the option stands alone. */
  value?: string
  summary: string
}

/** What is wrong with the command line or the machine, as one line for the person who typed it. */
export class CommandError extends Error {}

/** Reads `--name value` and operands, by their names, as the command knows them; undefined when help was asked for. */
export function parseOptions(
  command: Command,
  args: string[],
): Record<string, string | undefined> | undefined {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } }
  for (const { name, value } of command.options) options[name] = { type: value ? 'string' : 'boolean' }
  const operands = command.operands ?? []
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: operands.length > 0 })
    if (values.help) return undefined
    if (positionals.length !== operands.length) throw new Error(`Name ${operands.join(' and ')}, and no more`)
    const named = operands.map((name, i) => [name, positionals[i] ?? ''])
    return Object.fromEntries([
      ...Object.entries(values).map(([name, value]) => [name, String(value)]),
      ...named,
    ])
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new CommandError(`${reason}; see: ${command.name} --help`)
  }
}

/** The whole number that an option gives, or `fallback` without it. */
export function readCount(
  name: string,
  text: string | undefined,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number {
  if (text === undefined) return fallback
  const count = Number(text)
  if (/^\d{1,9}$/.test(text) && count >= min && count <= max) return count
  throw new CommandError(`--${name} must be a whole number from ${min} to ${max}`)
}

export function describeCommand(command: Command): string {
  const usage = [...command.options.map(option => `[${nameOf(option)}]`), ...(command.operands ?? [])]
  const options = command.options.map(option => `  ${nameOf(option).padEnd(20)}${option.summary}`)
  return [
    `Usage: ${['colloquy', command.name, ...usage].join(' ')}`,
    '',
    `${command.summary}.`,
    ...(command.help ? ['', command.help] : []),
    ...(options.length > 0 ? ['', ...options] : []),
  ].join('\n')
}

const nameOf = ({ name, value }: CommandOption) => (value ? `--${name} ${value}` : `--${name}`)
