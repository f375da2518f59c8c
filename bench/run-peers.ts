/** `npm run bench:peers`: this server beside other chat backends; keeps the figures and writes docs/performance.md anew. */
import { measureBesidePeers } from './beside-peers.ts'
import { keepFigures } from './figures.ts'
import { openBenchPostgres } from './world.ts'

await using server = await openBenchPostgres()
const peers = await measureBesidePeers(server.url)
console.log(peers)
keepFigures({ peers })
