import type { Connection, Database } from '../db/database.ts'
import { explain, problemKindOf } from '../db/database-problem.ts'
import { findSchemaProblem } from '../db/migrate.ts'
import { type Check, failed, passed } from './check.ts'

/** The roles that the server assumes, one for each kind of work; see migrations/0001-schema.sql. */
const roles = ['colloquy_server', 'colloquy_sweeper', 'colloquy_auth']

/**
 * Checks that an open database can serve: it responds, its schema fits this code, and tenants are separated. Does not
 * name its address or user, because the result is public. Never throws.
 */
export async function checkDatabase(db: Database): Promise<Check[]> {
  const database = await explained('database', async () => {
    await db.query('select 1')
    return passed('database', `answers (${db.engine}${db.isPooled ? ', through a pooler' : ''})`)
  })
  if (!database.ok) return [database]
  return [
    database,
    await explained('schema', () => checkSchema(db)),
    await explained('roles', () => db.transaction(checkRoles)),
    await explained('row-level security', () => checkRowLevelSecurity(db)),
  ]
}

async function explained(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check()
  } catch (error) {
    const { says, remedy } = explain(problemKindOf(error))
    return failed(name, `The database ${says}`, remedy)
  }
}

async function checkSchema(db: Connection): Promise<Check> {
  const problem = await findSchemaProblem(db)
  return problem ? failed('schema', problem, 'run: npm run migrate') : passed('schema', 'fits this code')
}

/** The connection's user may be anyone, even a superuser; what counts is the role assumed for each kind of work. */
async function checkRoles(tx: Connection): Promise<Check> {
  for (const role of roles) {
    await tx.query(`set local role ${role}`)
    const [row] = await tx.query<{ unbound: boolean; owns: boolean }>(
      `select r.rolsuper or r.rolbypassrls as unbound,
              exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = 'colloquy'::regnamespace) as owns
         from pg_roles r where r.rolname = current_user`,
    )
    if (!row || row.unbound || row.owns) {
      return failed(
        'roles',
        `The role ${role} may do more than it should`,
        `run as an administrator: alter role ${role} nosuperuser nobypassrls, and let another role own the tables`,
      )
    }
    await tx.query('set local role none')
  }
  return passed('roles', roles.join(', '))
}

async function checkRowLevelSecurity(db: Connection): Promise<Check> {
  const open = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
      where c.relkind in ('r', 'p')
        and (c.relnamespace = 'colloquy'::regnamespace or has_table_privilege('colloquy_server', c.oid, 'select'))
        and not (c.relrowsecurity and c.relforcerowsecurity)
      order by 1`,
  )
  const names = open.map(table => table.name).join(', ')
  return open.length === 0
    ? passed('row-level security', 'forced on every table with a user')
    : failed(
        'row-level security',
        `Not forced on ${names}`,
        'run for each: alter table <name> enable row level security, force row level security',
      )
}
