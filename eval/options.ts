import { parseArgs } from 'node:util'

export interface Options {
  /** As MODEL of the server; undefined for the one that is set there. */
  model: string | undefined
  /** The folder of the scenarios, below eval/. */
  set: string
  thresholdPercent: number
  only: string | undefined
  help: boolean
}

/** What is wrong with the command line or the settings, for the person who typed it. */
export class UsageError extends Error {}

export const usage = `Usage: npm run eval -- [options]

Plays the scenarios of eval/*.yaml through the server and says what went otherwise than expected.

  --model SPEC       offline, openai/<model>, … as MODEL of the server, which is the default; keys as for the server
  --set NAME         the scenarios of eval/NAME instead: held-out, second-look, third-look, fourth-look, fifth-look
  --only CATEGORY    one category
  --threshold N      per cent that must pass (default 98); a critical category must pass as a whole

Ends with 0 when enough passes, 1 when not, 2 when it cannot run.`

export function readOptions(args: string[]): Options {
  const values = parse(args)
  const threshold = values.threshold ?? '98'
  if (!/^\d{1,3}(\.\d+)?$/.test(threshold) || Number(threshold) > 100) {
    throw new UsageError(`--threshold must be a number from 0 to 100, not "${threshold}"`)
  }
  if (values.set !== undefined && !/^[a-z-]+$/.test(values.set)) {
    throw new UsageError(`--set names a folder of eval/, as held-out, not "${values.set}"`)
  }
  return {
    model: values.model,
    set: values.set ?? '.',
    thresholdPercent: Number(threshold),
    only: values.only,
    help: values.help ?? false,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        model: { type: 'string' },
        set: { type: 'string' },
        only: { type: 'string' },
        threshold: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split('. ')[0] : error}; see --help`)
  }
}
