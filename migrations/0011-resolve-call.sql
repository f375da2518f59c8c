-- min_code: 1
--
-- What a user makes of an external call whose outcome is unknown. A retry begins it once more under its old idempotency
-- key; one that was begun so and never ended (its process died) is as unknown as before once `_stale_seconds` are over.

-- _resolution: retry | mark_done | skip. Returns {outcome: resolved | not_found | conflict, call?, context?}; call and
-- context are those to carry out when it is to be tried again.
create function colloquy.resolve_call_v1(_user text, _call uuid, _resolution text, _stale_seconds float8) returns json
language plpgsql as $$
declare c record;
begin
  perform colloquy.act_as(_user);
  select k.turn_id, k.name, k.arguments, k.continues, t.context into c
    from colloquy.tool_calls k join colloquy.turns t on t.user_id = _user and t.id = k.turn_id
   where k.user_id = _user and k.id = _call;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  perform colloquy.lock_conversation_of_v1(_user, c.turn_id);
  update colloquy.tool_calls
     set status = case _resolution when 'retry' then 'started' when 'mark_done' then 'completed' else 'dropped' end,
         result = case _resolution when 'mark_done' then '{"status": "marked_done"}' else result end,
         started_at = now()
   where user_id = _user and id = _call and effect = 'external'
     and (status = 'unknown' or (status = 'started' and started_at < now() - make_interval(secs => _stale_seconds)
          and not exists (select from colloquy.turns t where t.user_id = _user and t.id = c.turn_id and t.status = 'running')));
  if not found then return json_build_object('outcome', 'conflict'); end if;
  if _resolution <> 'retry' then
    update colloquy.tool_calls set finished_at = now() where user_id = _user and id = _call;
  end if;
  update colloquy.turns set progress = progress + 1 where user_id = _user and id = c.turn_id;
  return json_build_object('outcome', 'resolved', 'turn_id', c.turn_id, 'name', c.name, 'arguments', c.arguments,
    'continues', c.continues, 'context', c.context);
end $$;

-- Stores what a retry came to. False when something else has become of the call meanwhile.
create function colloquy.finish_retry_v1(_user text, _call uuid, _status text, _result jsonb) returns boolean
language plpgsql as $$
declare _turn uuid;
begin
  perform colloquy.act_as(_user);
  select turn_id into _turn from colloquy.tool_calls where user_id = _user and id = _call;
  update colloquy.turns set progress = progress + 1 where user_id = _user and id = _turn;
  update colloquy.tool_calls set status = _status, result = _result, finished_at = now()
   where user_id = _user and id = _call and status = 'started' and effect = 'external';
  return found;
end $$;

-- Keys are honoured for a time, then forgotten, for all users, a batch at a time.
create policy sweep on colloquy.idempotency_keys to colloquy_sweeper using (true) with check (true);
grant select, delete on colloquy.idempotency_keys to colloquy_sweeper;
create index idempotency_keys_age on colloquy.idempotency_keys (created_at);

create function colloquy.forget_keys_v1(_after_hours float8, _limit int) returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  delete from colloquy.idempotency_keys k
   where (k.user_id, k.key) in (
     select o.user_id, o.key from colloquy.idempotency_keys o
      where o.created_at < now() - make_interval(secs => _after_hours * 3600) order by o.created_at limit _limit);
end $$;
