import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { users } from './seed.ts'

export interface Plan {
  statement: string
  /** How each table is reached: `Index Scan using turns_pkey on turns`. */
  scans: string[]
  milliseconds: number
}

const rounds = 12 // enough for the functions' statements to have their generic plans

/**
 * The plans of all statements inside accept, finish and the pulse, as the server executes them, by auto_explain. The last
 * round counts. Instances is a table of a few rows, read whole.
 */
export async function readPlans(url: string): Promise<Plan[]> {
  const logged: string[] = []
  const sql = postgres(url, {
    max: 1,
    onnotice: notice => {
      if (notice.message?.startsWith('duration')) logged.push(notice.message)
    },
  })
  await sql.unsafe(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set client_min_messages = log`)
  for (let round = 0; round < rounds; round += 1) {
    logged.length = 0
    await playTurn(sql)
  }
  await sql.end()
  return logged.map(readPlan).filter(plan => plan.scans.length > 0)
}

/** A turn in a conversation that exists, one that queues behind it, and a beat of the pulse. */
async function playTurn(sql: postgres.Sql): Promise<void> {
  const n = Math.floor(Math.random() * users)
  const [user, owner] = [`user${n}`, randomUUID()]
  const context = '{"time_zone":"UTC","locale":"en"}'
  const limits = '{"turns_per_minute":60,"tokens":1000000,"window_hours":24,"tokens_per_turn":2000}'
  const [conversation] = await sql`select md5(${`c${n}`})::uuid as id`
  const id = conversation?.id
  const turns = [randomUUID(), randomUUID()]
  for (const turn of turns) {
    await sql`select colloquy.accept_turn_v2(${user}, ${turn}, 'hash', ${id}, null, '', null, ${turn}, ${randomUUID()},
      'And another', ${context}, 'enqueue', 'dropped', ${owner}, 40, 1000, ${limits}::jsonb)`
  }
  await sql`select colloquy.renew_lease_v1(${owner}, 3)`
  await sql`select * from colloquy.claim_turns_v2(${owner}, '{}', 3, 200)`
  const held = JSON.stringify([{ user_id: user, id: turns[0], epoch: 1 }])
  await sql`select * from colloquy.held_turns_v1(${owner}, ${held}::text::json)`
  for (const [at, turn] of turns.entries()) {
    await sql`select colloquy.finish_turn_v2(${user}, ${id}, ${turn}, ${owner}, ${at + 1}, 'completed', ${randomUUID()},
      'Done', null, '{"input_tokens":1,"output_tokens":1}', null, ${owner}, 40, 'offline')`
  }
  await sql`select colloquy.release_instance_v1(${owner})`
}

function readPlan(message: string): Plan {
  const [head = '', text = '', ...lines] = message.split('\n')
  const planFrom = lines.findIndex(line => /\(cost=/.test(line))
  const statement = [text, ...lines.slice(0, Math.max(0, planFrom))].join(' ').replace(/\s+/g, ' ')
  const scans = lines.flatMap(
    line => /(?:Seq|Index|Index Only|Bitmap \w+) Scan.* on \w+/.exec(line)?.[0] ?? [],
  )
  const milliseconds = Number(/duration: ([\d.]+) ms/.exec(head)?.[1])
  return { statement: statement.replace('Query Text: ', ''), scans, milliseconds }
}
