import { describe, expect, test } from 'vitest'
import type { Connection, Database } from '../../server/db/database.ts'
import { readDistribution } from '../../server/db/distribute.ts'
import { openTestDatabase } from '../support/database.ts'
import { runToEnd, temporaryFolder } from '../support/run-command.ts'
import { testSecret } from '../support/server.ts'

/** What Citus' own functions are asked for; what they then do is Citus', and not tried here. */
describe('migrate --distribute', () => {
  test('is refused in one line where the extension is missing', async () => {
    await using database = await openTestDatabase()
    using folder = temporaryFolder()
    const settings = { DATABASE_URL: database.url ?? '', BETTER_AUTH_SECRET: testSecret }
    const outcome = await runToEnd(folder.path, ['migrate', '--distribute'], settings)
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toMatch(/^colloquy: --distribute needs the extension citus [^\n]+\n$/)
  })

  test('is refused on the embedded database', async () => {
    using folder = temporaryFolder()
    const outcome = await runToEnd(folder.path, ['migrate', '--distribute'])
    expect(outcome).toMatchObject({ code: 1 })
    expect(outcome.stderr).toMatch(/^colloquy: --distribute needs DATABASE_URL[^\n]+\n$/)
  })

  test('shards every table of users beside the conversations, parents first, and once', async () => {
    await using database = await openTestDatabase()
    const { db } = database
    await undone(db, async tx => {
      await pretendCitus(tx)
      const asked = () => tx.query<{ name: string; place: string }>('select name, place from asked_tables')
      await tx.script(readDistribution())
      const first = await asked()
      const depths = new Map(
        (
          await tx.query<{ name: string; depth: number }>('select name, depth from colloquy.tenant_tables')
        ).map(({ name, depth }) => [`colloquy.${name}`, depth]),
      )
      const sharded = first.filter(({ place }) => place !== 'everywhere').map(({ name }) => name)
      expect(sharded.toSorted()).toEqual([...depths.keys(), 'colloquy.erased_users'].toSorted())
      const inOrder = sharded.map(name => depths.get(name) ?? 0)
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b))
      expect(first[0]).toEqual({ name: 'colloquy.conversations', place: 'default' })
      expect(first.at(-1)).toEqual({ name: 'colloquy.instances', place: 'everywhere' })

      await tx.script(readDistribution())
      expect(await asked()).toEqual(first)
    })
  })

  test('sends every function that acts for a user to the shard of that user', async () => {
    await using database = await openTestDatabase()
    await undone(database.db, async tx => {
      await pretendCitus(tx)
      await tx.script(readDistribution())
      const names = (await tx.query<{ name: string }>('select name from asked_functions')).map(
        row => row.name,
      )
      const acting = await tx.query<{ name: string }>(
        `select oid::regprocedure::text as name from pg_proc
          where pronamespace = 'colloquy'::regnamespace and prosrc like '%perform colloquy.act_as(%' order by 1`,
      )
      expect(acting.length).toBeGreaterThan(20)
      expect(acting.map(({ name }) => name).filter(name => !names.includes(name))).toEqual([])
    })
  })

  test('finds no key that would have to hold across shards', async () => {
    await using database = await openTestDatabase()
    const across = await database.db.query(
      `select i.indexrelid::regclass::text as name from pg_index i join colloquy.tenant_tables t
           on i.indrelid = ('colloquy.' || quote_ident(t.name))::regclass
        where i.indisunique and not exists (
          select from pg_attribute a where a.attrelid = i.indrelid and a.attname = 'user_id' and a.attnum = any (i.indkey))`,
    )
    expect(across).toEqual([])
  })
})

/** A role's settings would be those of every database of this Postgres: nothing is kept. */
const undone = (db: Database, work: (tx: Connection) => Promise<void>) =>
  db.transaction(async tx => {
    await work(tx)
    await tx.query('rollback')
    await tx.query('begin')
  })

/** Notes what is asked of it, and remembers what it has. The setting of a role is refused where nobody knows it. */
async function pretendCitus(tx: Connection): Promise<void> {
  await tx.script(`
    set local citus.propagate_set_commands = 'none';
    create table asked_tables (n serial, name text, place text);
    create table asked_functions (n serial, name text);
    create view pg_dist_partition as select name::regclass as logicalrelid from asked_tables;
    create function create_distributed_table(t regclass, c text, colocate_with text) returns void language sql as
      $$ insert into asked_tables (name, place) values (t::text, colocate_with) $$;
    create function create_reference_table(t regclass) returns void language sql as
      $$ insert into asked_tables (name, place) values (t::text, 'everywhere') $$;
    create function create_distributed_function(f text, a text, colocate_with text) returns void language sql as
      $$ insert into asked_functions (name) select f where f::regprocedure is not null $$;`)
}
