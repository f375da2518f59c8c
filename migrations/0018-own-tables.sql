-- min_code: 1
--
-- Tables of an agent's own, in schemas of its own, made by the SQL that comes with it. own_table gives one the same walls
-- as ours have; from then on the user's rows in it are exported and erased with everything else. That a table is one of
-- these the catalogue says: it has the policy that own_table makes.

-- Which of the agent's files have been applied, and as what: one that was changed afterwards is found.
create table colloquy.own_migrations (
  name       text not null constraint own_migrations_pkey primary key,
  digest     text not null,
  applied_at timestamptz not null default now()
);

create function colloquy.own_table(_table regclass) returns void language plpgsql as $$
declare _schema text; _name text; _key text;
begin
  select n.nspname, c.relname into _schema, _name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = _table and c.relkind in ('r', 'p');
  if not found then raise exception '% is not a table', _table; end if;
  if _schema in ('colloquy', 'auth') then raise exception '% must be in a schema of your own', _table; end if;
  perform from pg_attribute a where a.attrelid = _table and a.attname = 'user_id' and a.attnotnull
     and a.atttypid = 'text'::regtype;
  if not found then raise exception '% must have a column: user_id text not null', _table; end if;
  select a.attname into _key from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = _table and i.indisprimary;
  if _key is distinct from 'user_id' then raise exception 'The primary key of % must begin with user_id', _table; end if;
  execute format('alter table %s enable row level security, force row level security', _table);
  execute format('drop policy if exists own on %s', _table);
  execute format('create policy own on %s to colloquy_server using (user_id = current_setting(''app.user_id'', true))', _table);
  execute format('alter table %s drop constraint if exists %I, add constraint %2$I check (user_id <> '''')',
    _table, _name || '_own_check');
  execute format('grant usage on schema %I to colloquy_server', _schema);
  execute format('grant select, insert, update, delete on %s to colloquy_server', _table);
end $$;
revoke execute on function colloquy.own_table from public;

-- As before, and those. Their names have their schema in front; `place` is what a statement calls a table.
create or replace view colloquy.tenant_tables as
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

-- Both as before, for tables of any schema. The same functions, not next versions of them: a process of the version
-- before, in a rollout, must not call an erasure finished that has left these rows.
create or replace function colloquy.erase_batch_v1(_user text, _limit int) returns int language plpgsql as $$
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

create or replace function colloquy.export_page_v1(_user text, _table text, _after jsonb, _limit int) returns json
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
