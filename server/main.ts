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
    const [first = 'serve', second = 'help'] = args
    if (isHelp(first)) return say(describe(commands))
    if (isGroup(first) && isHelp(second)) return say(describe(commandsOf(first)))
    // Options without a command belong to `serve`.
    const named = !first.startsWith('-')
    const command = findCommand(named ? args : ['serve'])
    const words = named ? command.name.split(' ').length : 0
    const options = parseOptions(command, args.slice(words))
    return options ? await command.run(options) : say(describeCommand(command))
  } catch (error) {
    return report(error)
  }
}

/** Some command names have two words. */
function findCommand([first = '', second = '']: string[]): Command {
  const command = commands.find(({ name }) => name === first || name === `${first} ${second}`)
  if (command) return command
  const [name, known] = isGroup(first) ? [`${first} ${second}`, commandsOf(first)] : [first, commands]
  const names = known.map(each => each.name).join(', ')
  throw new CommandError(`There is no command "${name}", only ${names}; see: --help`)
}

function isHelp(word: string): boolean {
  return ['--help', '-h', 'help'].includes(word)
}

function isGroup(first: string): boolean {
  return commandsOf(first).length > 0
}

function commandsOf(group: string): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `))
}

function describe(listed: readonly Command[]): string {
  return [
    'Usage: colloquy [command] [options]',
    '',
    ...listed.map(command => `  ${command.name.padEnd(14)}${command.summary}`),
    '',
    'Each command explains itself with --help, as in: npm run token -- --help',
  ].join('\n')
}

function say(text: string): number {
  console.log(text)
  return 0
}

/** One line for each problem a person can fix; only defects of the program show their stack. */
function report(error: unknown): number {
  const isDefect = !(error instanceof Error) || defects.some(kind => error instanceof kind)
  for (const line of isDefect ? [error] : error.message.split('\n')) console.error('colloquy:', line)
  return 1
}
