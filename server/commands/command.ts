import { parseArgs } from 'node:util'

/** Something the program does when named on its command line. */
export interface Command {
  name: string
  summary: string
  /** What `--help` says after the summary. */
  help: string
  options: readonly CommandOption[]
  /** Resolves to the exit code. */
  run(values: Readonly<Record<string, string | undefined>>): Promise<number>
}

export interface CommandOption {
  name: string
  /** What the value is, as help names it: `--user ID`. */
  value: string
  summary: string
}

/** What is wrong with the command line or the machine, as one line for the person who typed it. */
export class CommandError extends Error {}

/** Reads `--name value` for the options the command knows; undefined when help was asked for. */
export function parseOptions(
  command: Command,
  args: string[],
): Record<string, string | undefined> | undefined {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } }
  for (const option of command.options) options[option.name] = { type: 'string' }
  try {
    const { values } = parseArgs({ args, options })
    if (values.help) return undefined
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new CommandError(`${reason}; see: ${command.name} --help`)
  }
}

export function describeCommand(command: Command): string {
  const usage = command.options.map(option => ` [--${option.name} ${option.value}]`).join('')
  const options = command.options.map(
    option => `  --${`${option.name} ${option.value}`.padEnd(18)}${option.summary}`,
  )
  return [
    `Usage: colloquy ${command.name}${usage}`,
    '',
    `${command.summary}.`,
    ...(command.help ? ['', command.help] : []),
    ...(options.length > 0 ? ['', ...options] : []),
  ].join('\n')
}
