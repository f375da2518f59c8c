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
