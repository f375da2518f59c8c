import { parseArgs } from 'node:util'

/** A command of the program's command line. */
export interface Command {
  name: string
  summary: string
  /** The text of `--help` after the summary. */
  help: string
  options: readonly CommandOption[]
  /** Required positional arguments: `erase USER`. */
  operands?: readonly string[]
  /** Resolves to the exit code. */
  run(values: Readonly<Record<string, string | undefined>>): Promise<number>
}

export interface CommandOption {
  name: string
  /** The value's name in the help: `--user ID`; an option without one is a flag. */
  value?: string
  summary: string
}

/** A problem with the command line or the machine, as one line for the person who typed it. */
export class CommandError extends Error {}

/** Parses the command's options and operands into values by name; undefined when help was requested. */
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

/** The whole number given for an option, or `fallback` without it. */
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
