-- Shards what is a user's by user_id, after all migrations; `colloquy migrate --distribute` runs it in one transaction.
-- Again after an upgrade it adds what is new, and else does nothing.
--
-- Every table with a user lies beside the conversations, parents before what refers to them. A function that acts for a
-- user goes whole to the worker that has the user's shard: one hop, one commit. Those that work across users, and the
-- schema auth, stay on the coordinator; instances is small, read by everyone, and copied to every worker.
do $$
declare
  t record;
  f record;
begin
  -- Only statements of `set local` reach the workers, and only with this.
  alter role colloquy_server set citus.propagate_set_commands = 'local';
  alter role colloquy_sweeper set citus.propagate_set_commands = 'local';

  -- An unlogged table keeps its shards where they are.
  if (select relpersistence = 'u' from pg_class where oid = 'colloquy.turn_deltas'::regclass) then
    alter table colloquy.turn_deltas set logged;
  end if;

  for t in
    select ('colloquy.' || quote_ident(name))::regclass as oid, name
      from (select name, depth from colloquy.tenant_tables union all values ('erased_users', 0)) tenants
     order by name <> 'conversations', depth, name
  loop
    if not exists (select from pg_dist_partition where logicalrelid = t.oid) then
      perform create_distributed_table(t.oid, 'user_id',
        colocate_with => case when t.name = 'conversations' then 'default' else 'colloquy.conversations' end);
    end if;
  end loop;

  if not exists (select from pg_dist_partition where logicalrelid = 'colloquy.instances'::regclass) then
    perform create_reference_table('colloquy.instances'::regclass);
  end if;

  for f in
    select p.oid::regprocedure::text as name from pg_proc p
     where p.pronamespace = 'colloquy'::regnamespace and '_user' = any (p.proargnames) and p.proname <> 'act_as'
       and p.prosrc ~ 'act_as\('
     order by 1
  loop
    perform create_distributed_function(f.name, '_user', colocate_with => 'colloquy.conversations');
  end loop;
end $$;
