import { adminCommands } from './commands/admin.ts'
import { type Command, CommandError, describeCommand, parseOptions } from './commands/command.ts'
import { doctorCommand } from './commands/doctor.ts'
import { migrateCommand } from './commands/migrate.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'

const commands = [serveCommand, migrateCommand, doctorCommand, tokenCommand, ...adminCommands]
const defects = [TypeError, ReferenceError, RangeError, SyntaxError]

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const [first = 'serve'] = args
    if (first === '--help' || first === '-h' || first === 'help') return say(describeProgram())
    // Options alone belong to `serve`.
    const named = !first.startsWith('-')
    const command = findCommand(named ? args : ['serve'])
    const words = named ? command.name.split(' ').length : 0
    const options = parseOptions(command, args.slice(words))
    return options ? await command.run(options) : say(describeCommand(command))
  } catch (error) {
    return report(error)
  }
}

/** Some have a name of two words. */
function findCommand([first = '', second = '']: string[]): Command {
  const command = commands.find(({ name }) => name === first || name === `${first} ${second}`)
  if (command) return command
  throw new CommandError(
    `There is no command "${first}${isGroup(first) ? ` ${second}`.trimEnd() : ''}", only ${commands
      .map(each => each.name)
      .join(', ')}; see: --help`,
  )
}

function isGroup(first: string): boolean {
  return commands.some(({ name }) => name.startsWith(`${first} `))
}

function describeProgram(): string {
  return [
    'Usage: colloquy [command] [options]',
    '',
    ...commands.map(command => `  ${command.name.padEnd(14)}${command.summary}`),
    '',
    'Without a command it serves. Each command explains itself: colloquy <command> --help',
  ].join('\n')
}

function say(text: string): number {
  console.log(text)
  return 0
}

/** One line for each thing a person can put right; only what is wrong in the program itself shows its stack. */
function report(error: unknown): number {
  const isDefect = !(error instanceof Error) || defects.some(kind => error instanceof kind)
  for (const line of isDefect ? [error] : error.message.split('\n')) console.error('colloquy:', line)
  return 1
}
