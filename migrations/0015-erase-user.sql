-- min_code: 1
--
-- Erasing a user, in an order that a process may die in anywhere. The tombstone comes first: from its commit on act_as,
-- and with it every function and transaction of a user, refuses. Then the rows go, a batch at a time, by whoever gets to
-- it: the request, or the pulse of any instance. Which tables those are the catalogue says, so that none is forgotten:
-- every one with a user_id, and the server's role may delete from each.
--
-- A transaction that was let in a moment before the tombstone would leave rows behind. So each holds its user's lock,
-- shared, until it ends, and the tombstone waits for all of them. The tombstone stays: an id, and nothing of the person.

create table colloquy.erased_users (
  user_id     text not null constraint erased_users_user_check check (user_id <> ''),
  erased_at   timestamptz not null default now(),
  finished_at timestamptz, -- null: there may be rows left
  constraint erased_users_pkey primary key (user_id)
);
create index erased_users_unfinished on colloquy.erased_users (erased_at) where finished_at is null;
alter table colloquy.erased_users enable row level security;
alter table colloquy.erased_users force row level security;
create policy own on colloquy.erased_users to colloquy_server using (user_id = current_setting('app.user_id', true));
create policy sweep on colloquy.erased_users to colloquy_sweeper using (true) with check (true);
grant select on colloquy.erased_users to colloquy_server;
grant select, insert, update on colloquy.erased_users to colloquy_sweeper;

-- As before, and refuses who is erased. 7401 stands for these locks alone; two users that share one only wait a little.
create or replace function colloquy.act_as(_user text) returns void language plpgsql as $$
begin
  execute format('set local app.user_id = %L', _user);
  set local role colloquy_server;
  set local idle_in_transaction_session_timeout = '2s';
  if current_setting('server_version_num')::int >= 170000 then
    set local transaction_timeout = '10s';
  end if;
  perform pg_advisory_xact_lock_shared(7401, hashtext(_user));
  perform from colloquy.erased_users where user_id = _user; -- in a statement after the lock's: it sees what was waited for
  if found then raise exception 'The user has been erased' using errcode = 'ERASE'; end if;
end $$;

-- Writes the tombstone, or opens it again, and withdraws the user's turns: nobody takes them over any more, and whoever
-- runs one hears of it by held_turns.
create function colloquy.begin_erasure_v1(_user text) returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  perform pg_advisory_xact_lock(7401, hashtext(_user));
  insert into colloquy.erased_users (user_id) values (_user)
  on conflict (user_id) do update set finished_at = null;
  update colloquy.turns set status = 'cancelled', finished_at = now(), progress = progress + 1
   where user_id = _user and status in ('running', 'queued', 'awaiting_approval');
end $$;

-- What is a user's: our tables, and those an agent has of its own in another schema, which have the policy that own_table
-- makes (migrations/0018-own-tables.sql) and the schema before their name. `depth`: how deep one lies below others by its
-- foreign keys; `key`: its primary key without the user; `place`: what a statement calls it.
create view colloquy.tenant_tables as
with recursive tenant (oid) as (
  select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
   where c.relkind in ('r', 'p')
     and (c.relnamespace = 'colloquy'::regnamespace and c.relname <> 'erased_users'
          or c.relnamespace <> 'colloquy'::regnamespace and exists (
            select from pg_policy p where p.polrelid = c.oid and p.polname = 'own'
               and (select oid from pg_roles where rolname = 'colloquy_server') = any (p.polroles)))),
nested (oid, depth) as (
  select oid, 0 from tenant
  union
  select k.conrelid, n.depth + 1
    from nested n join pg_constraint k on k.confrelid = n.oid and k.contype = 'f' and k.conrelid <> k.confrelid
    join tenant t on t.oid = k.conrelid
   where n.depth < 20) -- tables may refer to each other in a circle
select case when c.relnamespace = 'colloquy'::regnamespace then c.relname::text
            else s.nspname || '.' || c.relname end as name,
       max(n.depth) as depth,
       (select array_agg(a.attname::text order by k.place)
          from pg_index i cross join unnest(i.indkey) with ordinality k (attnum, place)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
         where i.indrelid = c.oid and i.indisprimary and a.attname <> 'user_id') as key,
       format('%I.%I', s.nspname, c.relname) as place
  from nested n join pg_class c on c.oid = n.oid join pg_namespace s on s.oid = c.relnamespace
 group by c.oid, c.relname, c.relnamespace, s.nspname;
grant select on colloquy.tenant_tables to colloquy_server;

-- Removes up to `_limit` rows of an erased user and returns how many; with none left the erasure is finished. What refers
-- to others goes first, so that no cascade removes more than was counted. The lock keeps two that erase apart.
create function colloquy.erase_batch_v1(_user text, _limit int) returns int language plpgsql as $$
declare t record; _left int := _limit; _gone int;
begin
  set local role colloquy_sweeper;
  perform pg_advisory_xact_lock(7401, hashtext(_user));
  perform from colloquy.erased_users where user_id = _user;
  if not found then raise exception 'Only who is erased loses everything'; end if;
  execute format('set local app.user_id = %L', _user);
  set local role colloquy_server;
  for t in select place from colloquy.tenant_tables order by depth desc, name loop
    execute format('delete from %1$s where user_id = $1 and ctid = any (array(
      select ctid from %1$s where user_id = $1 limit $2))', t.place) using _user, _left;
    get diagnostics _gone = row_count;
    _left := _left - _gone;
    exit when _left = 0;
  end loop;
  if _left = _limit then
    set local role colloquy_sweeper;
    update colloquy.erased_users set finished_at = now() where user_id = _user;
  end if;
  return _limit - _left;
end $$;

-- Whose erasure was begun and not finished.
create function colloquy.unfinished_erasures_v1(_limit int) returns table (user_id text) language plpgsql as $$
#variable_conflict use_column
begin
  set local role colloquy_sweeper;
  return query select e.user_id from colloquy.erased_users e where e.finished_at is null order by e.erased_at limit _limit;
end $$;

-- A page of a user's rows of one table, each a JSON text, by its key; `_after` is the last row of the page before. Read in
-- the order of the primary key: on a table without statistics every page would sort all there is.
create function colloquy.export_page_v1(_user text, _table text, _after jsonb, _limit int) returns json
language plpgsql set enable_sort = off as $$
declare _key text[]; _from text; _columns text; _place text; _page json;
begin
  perform colloquy.act_as(_user);
  select key, place into _key, _from from colloquy.tenant_tables where name = _table;
  if not found then raise exception 'There is no such table of users'; end if;
  if _key is null and _after is not null then return null; end if; -- one row a user
  select string_agg(format('t.%I', k), ', ' order by n), string_agg(format('%L', _after ->> k), ', ' order by n)
    into _columns, _place from unnest(_key) with ordinality u (k, n);
  execute format('select json_agg(r) from (
    select (to_jsonb(t) - ''user_id'')::text as r from %s t where t.user_id = $1 %s %s limit $2) h',
    _from, case when _after is not null then format('and (%s) > (%s)', _columns, _place) end,
    case when _key is not null then 'order by ' || _columns end) into _page using _user, _limit;
  return _page;
end $$;

-- Of the turns an instance works on, [{user_id, id, epoch}], those that are still its to run, and whether someone asked
-- to stop them. One that is not among them was deleted, erased or taken over: its owner need not go on.
create function colloquy.held_turns_v1(_instance uuid, _held json) returns table (id uuid, epoch int, cancel_requested boolean)
language plpgsql as $$
#variable_conflict use_column
begin
  set local role colloquy_sweeper;
  -- Each by its key: an instance may hold ten thousand, and no plan may compare all with all.
  return query select t.id, t.epoch, t.cancel_requested_at is not null
    from json_to_recordset(_held) as h (user_id text, id uuid, epoch int)
    cross join lateral (select o.id, o.epoch, o.owner, o.status, o.cancel_requested_at from colloquy.turns o
                         where o.user_id = h.user_id and o.id = h.id offset 0) t
   where t.owner = _instance and t.epoch = h.epoch and t.status = 'running';
end $$;

-- A turn as its owner takes it up, as before. Of one that nobody has taken up for 25 days the age in milliseconds is more
-- than an int.
create or replace function colloquy.owned_turn_v1(_user text, _turn uuid, _window int) returns json language plpgsql as $$
begin
  return (select row_to_json(h) from (
    select t.user_id, t.id, t.conversation_id, t.turn_no, t.epoch, t.attempts, t.context, t.parts, t.usage,
           t.cancel_requested_at is not null as cancel_requested,
           (extract(epoch from clock_timestamp() - t.started_at) * 1000)::bigint as age_ms,
           t.created_at,
           colloquy.history_v1(_user, t.conversation_id, 2 * t.turn_no, _window) as history,
           colloquy.calls_of_v1(_user, t.id) as calls
      from colloquy.turns t where t.user_id = _user and t.id = _turn) h);
end $$;

-- Asks a turn to stop, as before. A running one is told without its conversation: a tool's transaction may hold the turn
-- for seconds, and whoever says something meanwhile would wait for it, too, with all others on that connection.
create function colloquy.cancel_turn_v2(_user text, _turn uuid) returns json language plpgsql as $$
declare _owner uuid;
begin
  perform colloquy.act_as(_user);
  select owner into _owner from colloquy.turns where user_id = _user and id = _turn and status = 'running' for no key update;
  if not found then return colloquy.cancel_turn_v1(_user, _turn); end if;
  update colloquy.turns set cancel_requested_at = now(), progress = progress + 1
   where user_id = _user and id = _turn and cancel_requested_at is null;
  return json_build_object('status', 'running', 'owner', _owner);
end $$;

-- Retention, for all users, in small batches. Conversations are found by the sweeper, which sees when and never what, and
-- each is deleted in a transaction of its user's. Nothing goes that runs, waits, asks, or is to be reminded of.
create index conversations_age on colloquy.conversations (updated_at);
grant select (awaiting_turn) on colloquy.conversations to colloquy_sweeper;

create function colloquy.idle_conversations_v1(_idle_days float8, _limit int) returns table (user_id text, id uuid)
language plpgsql as $$
#variable_conflict use_column
begin
  set local role colloquy_sweeper;
  return query select c.user_id, c.id from colloquy.conversations c
    where c.updated_at < now() - make_interval(secs => _idle_days * 86400)
      and c.active_turn is null and c.awaiting_turn is null
      and not exists (select from colloquy.reminders r
                       where r.user_id = c.user_id and r.conversation_id = c.id and r.status = 'scheduled')
    order by c.updated_at limit _limit;
end $$;

-- True when it was still idle and is gone. Its messages, turns and calls go by the foreign keys; its id stays taken, as of
-- every deleted conversation. One that somebody holds is left for the next time.
create function colloquy.forget_conversation_v1(_user text, _conversation uuid, _idle_days float8) returns boolean
language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  perform from colloquy.conversations c
    where c.user_id = _user and c.id = _conversation
      and c.updated_at < now() - make_interval(secs => _idle_days * 86400)
      and c.active_turn is null and c.awaiting_turn is null for update skip locked;
  if not found then return false; end if;
  if exists (select from colloquy.turns where user_id = _user and conversation_id = _conversation and status = 'queued')
     or exists (select from colloquy.reminders
                 where user_id = _user and conversation_id = _conversation and status = 'scheduled') then
    return false;
  end if;
  delete from colloquy.conversations where user_id = _user and id = _conversation;
  insert into colloquy.external_ids (user_id, external_id, conversation_id) values (_user, _conversation::text, _conversation)
  on conflict (user_id, external_id) do nothing;
  insert into colloquy.user_changes as v (user_id, deleted_conversations) values (_user, 1)
  on conflict (user_id) do update set deleted_conversations = v.deleted_conversations + 1;
  return true;
end $$;

-- As before, and counted: a caller goes on until a batch is not full. Deltas are kept for a while after the end of their
-- turn, whenever they were said: a cancelled answer is put together from them after a take-over.
create function colloquy.forget_deltas_v2(_after_seconds float8, _limit int) returns int language plpgsql as $$
declare _gone int;
begin
  set local role colloquy_sweeper;
  set local lock_timeout = '300ms';
  delete from colloquy.turn_deltas d
   where (d.user_id, d.turn_id, d.epoch, d.seq) in (
     select o.user_id, o.turn_id, o.epoch, o.seq from colloquy.turn_deltas o
      where o.created_at < now() - make_interval(secs => _after_seconds)
        and not exists (select from colloquy.turns t
                         where t.user_id = o.user_id and t.id = o.turn_id
                           and (t.status = 'running' or t.finished_at > now() - make_interval(secs => _after_seconds)))
      limit _limit);
  get diagnostics _gone = row_count;
  return _gone;
end $$;

create function colloquy.forget_keys_v2(_after_hours float8, _limit int) returns int language plpgsql as $$
declare _gone int;
begin
  set local role colloquy_sweeper;
  set local lock_timeout = '300ms';
  delete from colloquy.idempotency_keys k
   where (k.user_id, k.key) in (
     select o.user_id, o.key from colloquy.idempotency_keys o
      where o.created_at < now() - make_interval(secs => _after_hours * 3600) order by o.created_at limit _limit);
  get diagnostics _gone = row_count;
  return _gone;
end $$;
