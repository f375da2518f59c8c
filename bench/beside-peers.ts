import type { Measured } from './http-load.ts'
import { installPeers, peers, startPeer } from './peers.ts'
import { processorSecondsOf } from './processor.ts'
import { chatLoad, createDatabase, type Endpoint, median, startBenchServer } from './world.ts'
import { applyLightLoad } from './wrk.ts'

export interface PeerFigures {
  name: string
  /** Medians; undefined when the peer is not installed. */
  measured:
    | {
        turns: number
        p50: number
        p99: number
        microsecondsOfProcessor: number
        ours: number
        ratio: number
      }
    | undefined
}

type PeerLoad = Measured & { processor: number }

const rounds = 3
const seconds = 3

/** Turns a second of each peer and of this server, in turns, with the same load on the same Postgres. */
export async function measureBesidePeers(server: string): Promise<PeerFigures[]> {
  const folder = installPeers()
  const url = await createDatabase(server, 'bench_peers')
  await using colloquy = await startBenchServer(url)
  const figures: PeerFigures[] = []
  await measure(colloquy)
  for (const peer of peers) {
    await using running = await startPeer(peer, { server, folder })
    figures.push({ name: peer.name, measured: running && (await compare(running, colloquy)) })
  }
  return figures
}

async function compare(peer: Endpoint, colloquy: Endpoint): Promise<NonNullable<PeerFigures['measured']>> {
  await measure(peer)
  const pairs: { ours: PeerLoad; theirs: PeerLoad }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const ours = await measure(colloquy)
    pairs.push({ ours, theirs: await measure(peer) })
  }
  const of = (value: (pair: (typeof pairs)[number]) => number) => median(pairs.map(value))
  return {
    turns: of(({ theirs }) => theirs.perSecond),
    p50: of(({ theirs }) => theirs.p50),
    p99: of(({ theirs }) => theirs.p99),
    microsecondsOfProcessor: of(({ theirs }) => theirs.processor),
    ours: of(({ ours }) => ours.perSecond),
    ratio: of(({ ours, theirs }) => ours.perSecond / theirs.perSecond),
  }
}

async function measure({ url, process: { pid } }: Endpoint): Promise<PeerLoad> {
  const before = processorSecondsOf(pid)
  const measured = await applyLightLoad(await chatLoad(url, seconds))
  if (measured.refused > 0) throw new Error(`${measured.refused} requests were refused`)
  return { ...measured, processor: (1e6 * (processorSecondsOf(pid) - before)) / measured.answered }
}
