import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { shareEnvironment } from '../config.ts'
import { type Agent, isAgent } from './agent.ts'
import { AgentMistake } from './agent-mistake.ts'
import { placeOf } from './mistake-place.ts'

/**
 * Loads the module named by the setting AGENT: TypeScript, run by type stripping, or JavaScript. Wherever the file
 * lies, its imports `colloquy` and `zod` resolve to this server's own. Throws an AgentMistake that says what is wrong,
 * and in which line.
 */
export async function loadAgent(path: string): Promise<Agent> {
  const file = resolve(path)
  if (!existsSync(file)) throw new AgentMistake(`AGENT: there is no file ${file}`)
  shareEnvironment()
  const loaded = await importModule(file)
  const agents = [...new Set(Object.values(loaded).filter(isAgent))]
  const [agent] = agents
  if (!agent || agents.length > 1) {
    const says = agent ? 'exports several agents, and must export one' : 'exports no agent'
    throw new AgentMistake(`AGENT: ${file} ${says}: export const agent = defineAgent({ … })`)
  }
  const { migrations } = agent
  if (typeof migrations !== 'string' || isAbsolute(migrations)) return agent
  // A copy is not recognised by isAgent, but nothing checks it again after this.
  return { ...agent, migrations: new URL(`${migrations}/`, pathToFileURL(file)) }
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  const visited: string[] = []
  // The hooks stay registered, so that imports made later, inside functions, resolve as well.
  registerHooks({
    resolve: (specifier, context, next) => {
      const own = isVisitor(context.parentURL) ? ours[specifier] : undefined
      return own ? { url: own, shortCircuit: true } : next(specifier, context)
    },
    load: (url, context, next) => {
      if (isVisitor(url)) visited.push(fileURLToPath(url))
      return next(url, context)
    },
  })
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const place = placeOf(error, visited) ?? file
    const kind = error instanceof AgentMistake || !(error instanceof Error) ? '' : `${error.name}: `
    throw new AgentMistake(`AGENT: ${place}: ${kind}${reason.split('\n')[0]}`, error)
  }
}

/** Packages that an agent's module may import without having them installed. */
const ours: Record<string, string> = {
  colloquy: new URL('./authoring.ts', import.meta.url).href,
  zod: import.meta.resolve('zod'),
}

const own = new URL('../', import.meta.url).href

/** A file that belongs neither to the server nor to a package. */
const isVisitor = (url: string | undefined) =>
  url?.startsWith('file:') === true && !url.startsWith(own) && !url.includes('/node_modules/')
