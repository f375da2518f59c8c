-- min_code: 1
--
-- A tool call's life under the fence. A call with a transactional effect runs begin_call and finish_call in ONE
-- transaction with the effect between them; an external one commits begin_call before it calls out, so that whoever
-- takes over finds it started and calls its outcome unknown instead of repeating it.

-- Locks the turn until the end of the transaction: a check without the lock would let a take-over in between, and the
-- effect would happen twice. Returns false when the turn is no longer the caller's or the call already began.
create function colloquy.begin_call_v1(_user text, _turn uuid, _owner uuid, _epoch int, _call uuid) returns boolean
language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  perform from colloquy.turns
    where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running'
      for no key update;
  if not found then return false; end if;
  update colloquy.tool_calls set status = 'started', started_at = now()
   where user_id = _user and id = _call and turn_id = _turn
     and (status = 'pending' or status = 'approved' or (status = 'started' and effect = 'none'));
  return found;
end $$;

-- Stores what became of a call and returns when; null when the turn is no longer the caller's or the call has its
-- result. `progress` tells followers elsewhere to look again.
create function colloquy.finish_call_v1(
  _user text, _turn uuid, _owner uuid, _epoch int, _call uuid, _status text, _result jsonb
) returns json language plpgsql as $$
declare _finished_at timestamptz;
begin
  perform colloquy.act_as(_user);
  update colloquy.turns set progress = progress + 1
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running';
  if not found then return null; end if;
  update colloquy.tool_calls set status = _status, result = _result, finished_at = now()
   where user_id = _user and id = _call and turn_id = _turn and status in ('pending', 'started', 'approved')
  returning finished_at into _finished_at;
  return to_json(_finished_at);
end $$;
