-- min_code: 1
--
-- The beat of an instance, under the sweeper's role. Renewing is a call of its own and comes first, so that a slow sweep
-- never costs the lease.

create function colloquy.renew_lease_v1(_instance uuid, _lease_seconds float8) returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  insert into colloquy.instances (id, lease_until) values (_instance, now() + make_interval(secs => _lease_seconds))
  on conflict (id) do update set lease_until = excluded.lease_until;
end $$;

-- Takes over running turns whose owner is gone: released (owner null), dead (no lease), or this instance itself where it
-- does not know the turn (`_held` are those it works on; the answer that handed the turn over was lost, at least
-- `_orphan_seconds` ago). Each by a conditional update of its own, so two sweeps never take the same turn, and one that
-- somebody still holds locked (a process that stopped inside a tool's transaction) is left for the next beat and keeps
-- no other waiting. attempts counts take-overs from the dead, not hand-overs. Served by turns_running_key.
create function colloquy.claim_turns_v1(_instance uuid, _held uuid[], _orphan_seconds float8, _limit int)
returns table (user_id text, id uuid) language plpgsql as $$
#variable_conflict use_column
declare o record;
begin
  set local role colloquy_sweeper;
  set local lock_timeout = '300ms';
  for o in
    select t.user_id, t.id from colloquy.turns t
     where t.status = 'running'
       and case when t.owner = _instance
           then t.id <> all (_held) and t.started_at < now() - make_interval(secs => _orphan_seconds)
           else not exists (select from colloquy.instances i where i.id = t.owner and i.lease_until > now()) end
     limit _limit
  loop
    perform from colloquy.turns t where t.user_id = o.user_id and t.id = o.id for no key update skip locked;
    continue when not found;
    return query
    update colloquy.turns as t
       set owner = _instance, epoch = t.epoch + 1, progress = t.progress + 1,
           attempts = t.attempts + case when t.owner is null or t.owner = _instance then 0 else 1 end
     where t.user_id = o.user_id and t.id = o.id and t.status = 'running'
       and case when t.owner = _instance
           then t.id <> all (_held) and t.started_at < now() - make_interval(secs => _orphan_seconds)
           else not exists (select from colloquy.instances i where i.id = t.owner and i.lease_until > now()) end
    returning t.user_id, t.id;
  end loop;
end $$;

-- Turns of this instance that someone asked to stop.
create function colloquy.cancel_requests_v1(_instance uuid) returns table (id uuid) language plpgsql as $$
#variable_conflict use_column
begin
  set local role colloquy_sweeper;
  return query select t.id from colloquy.turns t
    where t.status = 'running' and t.owner = _instance and t.cancel_requested_at is not null;
end $$;

-- Forgets instances that are dead and own nothing any more.
create function colloquy.forget_instances_v1() returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  delete from colloquy.instances i
   where i.lease_until < now()
     and not exists (select from colloquy.turns t where t.status = 'running' and t.owner = i.id);
end $$;

-- A stopping instance lets go of what it could not finish: its turns are taken up at the next pulse of any other.
create function colloquy.release_instance_v1(_instance uuid) returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  update colloquy.turns set owner = null, epoch = epoch + 1, progress = progress + 1
   where status = 'running' and owner = _instance;
  delete from colloquy.instances where id = _instance;
end $$;

-- A claimed turn, read under its user by the instance that claimed it; null when it has lost it again.
create function colloquy.take_up_turn_v1(_user text, _turn uuid, _owner uuid, _window int) returns json
language plpgsql as $$
declare _conversation uuid;
begin
  perform colloquy.act_as(_user);
  select conversation_id into _conversation from colloquy.turns
   where user_id = _user and id = _turn and owner = _owner and status = 'running';
  if not found then return null; end if;
  -- An external call that had begun may or may not have happened; everything else begins again or never began.
  update colloquy.tool_calls set status = 'unknown', finished_at = now()
   where user_id = _user and turn_id = _turn and status = 'started' and effect = 'external';
  if found then
    update colloquy.turns set progress = progress + 1 where user_id = _user and id = _turn and owner = _owner;
  end if;
  return colloquy.owned_turn_v1(_user, _turn, _window);
end $$;
