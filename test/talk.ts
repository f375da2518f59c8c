import { Conversation } from './support/offline-conversation.ts'
const seeds = ['Buy milk', 'Pay bills', 'Call mom', 'Team meeting', { title: 'Write report', completed: true }, {title:'Dentist appointment', due_date:'2026-11-25T14:00:00.000Z', tags:['health'], priority:'high' as const}]
let c = new Conversation(seeds)
for (const line of process.argv[2] ? process.argv.slice(2) : (await (async () => { let s=''; for await (const d of process.stdin) s+=d; return s })()).split('\n').filter(Boolean)) {
  if (line === '--') { c = new Conversation(seeds); console.log('-----'); continue }
  const t = await c.say(line)
  console.log(`> ${line}\n   ${t.calls.map(x => x.name + JSON.stringify(x.arguments) + (x.status==='completed'?'':'['+x.status+']')).join(' ')}\n   ${t.response.replaceAll('\n', '\n   ')}`)
}
