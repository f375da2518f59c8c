-- min_code: 1

-- Writes down what the model decided in a step, before any of it is carried out: all parts so far, and the calls.
-- _calls: [{id, step, position, provider_call_id, name, arguments, status, effect, result?}]. Returns false when the
-- turn is no longer the caller's. The source of the insert is the turn's own row, so the fence and the calls are one.
create function colloquy.journal_step_v1(
  _user text, _turn uuid, _owner uuid, _epoch int, _parts jsonb, _calls jsonb, _usage jsonb
) returns boolean language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  update colloquy.turns set parts = _parts, usage = _usage, progress = progress + 1
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running';
  if not found then return false; end if;
  insert into colloquy.tool_calls as c
         (user_id, turn_id, step, position, id, provider_call_id, name, arguments, status, effect, result, finished_at)
  select t.user_id, t.id, (j ->> 'step')::int, (j ->> 'position')::int, (j ->> 'id')::uuid, j ->> 'provider_call_id',
         j ->> 'name', j -> 'arguments', j ->> 'status', j ->> 'effect', j -> 'result',
         case when j ->> 'status' = 'failed' then t.created_at end
    from colloquy.turns t, jsonb_array_elements(_calls) j
   where t.user_id = _user and t.id = _turn
  on conflict (user_id, turn_id, step, position) do nothing; -- written already, and the answer was lost
  return true;
end $$;
