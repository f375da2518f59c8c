import { queryRows, sql, ToolError, type Tx } from 'colloquy'

/** The desk's data. `tx` sees and writes one user's rows: no statement has to say whose, except to insert. */

export type Ticket = { number: number; subject: string; status: 'open' | 'closed' }

export async function openTicket(tx: Tx, userId: string, subject: string): Promise<Ticket> {
  const [ticket] = await queryRows<Ticket>(
    tx,
    sql`with counter as (
          insert into support.ticket_counters as c (user_id, last_ticket) values (${userId}, 1)
          on conflict (user_id) do update set last_ticket = c.last_ticket + 1 returning last_ticket)
        insert into support.tickets (user_id, number, subject)
        select ${userId}, last_ticket, ${subject} from counter returning number, subject, status`,
  )
  if (!ticket) throw new Error('An insert gives its row')
  return ticket
}

export const listTickets = (tx: Tx): Promise<Ticket[]> =>
  queryRows<Ticket>(
    tx,
    sql`select number, subject, status from support.tickets order by number desc limit 50`,
  )

/** Locked until the transaction ends, so that what is said of it stays true. */
export async function requireOpenTicket(tx: Tx, number: number): Promise<Ticket> {
  const [ticket] = await queryRows<Ticket>(
    tx,
    sql`select number, subject, status from support.tickets where number = ${number} for update`,
  )
  if (!ticket) throw new ToolError(`There is no ticket ${number}`, 'ticket_not_found')
  if (ticket.status === 'closed') throw new ToolError(`Ticket ${number} is closed`, 'ticket_closed')
  return ticket
}

export async function addReply(
  tx: Tx,
  userId: string,
  { ticket, body }: { ticket: number; body: string },
): Promise<void> {
  await queryRows(
    tx,
    sql`insert into support.replies (user_id, ticket, position, body)
        select ${userId}, ${ticket}, coalesce(max(position), 0) + 1, ${body} from support.replies where ticket = ${ticket}`,
  )
}

export async function closeTicket(tx: Tx, number: number): Promise<void> {
  await queryRows(tx, sql`update support.tickets set status = 'closed' where number = ${number}`)
}
