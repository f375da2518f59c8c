import { createDatabase, median, startBenchServer, tokenOf } from './world.ts'

export interface TakeOverFigures {
  kills: number
  /** Seconds from kill -9 to the first event of the new owner. */
  median: number
  max: number
}

const kills = 5
const user = 'survivor'

/** How long an answer stands still when its process dies: followed from another process, which then takes it over. */
export async function measureTakeOver(server: string): Promise<TakeOverFigures> {
  const url = await createDatabase(server, 'bench_take_over')
  const options = { model: ['ticking', '100', '600'] }
  await using survivor = await startBenchServer(url, options)
  const headers = { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json' }
  const seconds: number[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    await using victim = await startBenchServer(url, options)
    const said = await fetch(`${victim.url}/api/${user}/chat`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: '{"message":"What time is it?"}',
    })
    const first = await eventsOf(said).next()
    const turn = `${survivor.url}/api/${user}/turns/${first.value?.turn_id}`
    const events = eventsOf(await fetch(`${turn}/events`, { headers }))
    while ((await events.next()).value?.type !== 'text.delta');
    victim.process.kill('SIGKILL')
    const killedAt = performance.now()
    // What the dead process had let out still comes as deltas; a new owner shows itself by a snapshot.
    while ((await events.next()).value?.type !== 'turn.snapshot');
    seconds.push((performance.now() - killedAt) / 1000)
    await fetch(`${turn}/cancellation`, { method: 'PUT', headers })
  }
  return { kills, median: median(seconds), max: Math.max(...seconds) }
}

/** The events of a stream (WHATWG HTML, section 9.2), as this server writes them: one line of data each. */
async function* eventsOf(response: Response): AsyncGenerator<{ type: string; turn_id: string }> {
  let text = ''
  if (!response.ok || !response.body) throw new Error(`No stream but ${response.status}`)
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1]
      if (data) yield JSON.parse(data)
    }
  }
}
