import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { jwtVerify } from 'jose'

/** What the peers in JavaScript share: the bearer check, the model that answers at once, the route of a turn. */

export const databaseUrl = process.env.DATABASE_URL
export const connections = 32
export const historyMessages = 40
export const instructions = 'Answer.'
export const words = 'I added the task for you, anything else you want me to do today please?'
  .split(' ')
  .map((word, n) => (n ? ` ${word}` : word))

const secret = new TextEncoder().encode(process.env.BETTER_AUTH_SECRET)

async function subjectOf(authorization = '') {
  try {
    return (await jwtVerify(authorization.slice('Bearer '.length), secret, { algorithms: ['HS256'] })).payload
      .sub
  } catch {
    return undefined
  }
}

/** `answer` is given the user, the message and the conversation, and returns the response. */
export function servePeer(answer) {
  const app = new Hono()
  app.post('/api/:user_id/chat', async c => {
    const user = await subjectOf(c.req.header('authorization'))
    if (user === undefined) return c.json({ error: 'unauthenticated' }, 401)
    if (user !== c.req.param('user_id')) return c.json({ error: 'forbidden' }, 403)
    const { message, conversation_id = crypto.randomUUID() } = await c.req.json()
    return answer({ c, user, message, conversation: conversation_id })
  })
  serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
}

/** A language model of the AI SDK's specification `version`, 3 or 4: fifteen deltas, all there at once. */
export function instantModel(version) {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: words.length, text: words.length, reasoning: 0 },
  }
  const stream = () =>
    new ReadableStream({
      start: controller => {
        controller.enqueue({ type: 'stream-start', warnings: [] })
        controller.enqueue({ type: 'text-start', id: '1' })
        for (const delta of words) controller.enqueue({ type: 'text-delta', id: '1', delta })
        controller.enqueue({ type: 'text-end', id: '1' })
        controller.enqueue({ type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage })
        controller.close()
      },
    })
  return {
    specificationVersion: `v${version}`,
    provider: 'bench',
    modelId: 'bench',
    supportedUrls: {},
    doStream: async () => ({ stream: stream() }),
    doGenerate: () => Promise.reject(new Error('The bench only streams')),
  }
}
