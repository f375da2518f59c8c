-- min_code: 1

-- Starts the oldest queued turn of a free conversation and returns it as its new owner takes it up; null when none waits.
-- The caller holds the conversation. A message that was queued when approval was asked answers nothing: the calls drop.
-- _owner null: nobody's yet (the instance is going), the next pulse of any other takes it.
create function colloquy.start_next_v1(_user text, _conversation uuid, _owner uuid, _window int) returns json
language plpgsql as $$
declare _next uuid; _no int; _awaiting uuid; _head uuid;
begin
  select id, turn_no into _next, _no from colloquy.turns
   where user_id = _user and conversation_id = _conversation and status = 'queued' order by turn_no limit 1;
  if not found then return null; end if;
  select awaiting_turn, head_turn into _awaiting, _head from colloquy.conversations
   where user_id = _user and id = _conversation;
  if _awaiting is not null then perform colloquy.settle_awaiting_v1(_user, _awaiting, 'dropped'); end if;
  update colloquy.conversations set active_turn = _next, head_turn = _next, awaiting_turn = null
   where user_id = _user and id = _conversation;
  update colloquy.turns
     set status = 'running', owner = _owner, epoch = epoch + 1, progress = progress + 1, parent_turn = _head, live = true,
         started_at = now()
   where user_id = _user and id = _next;
  update colloquy.messages set live = true
   where user_id = _user and conversation_id = _conversation and seq = 2 * _no - 1;
  return colloquy.owned_turn_v1(_user, _next, _window);
end $$;

-- One commit that ends a turn for now: the assistant's message, usage, the turn's status (completed, failed, cancelled or
-- awaiting_approval), and the conversation's next turn, which becomes `_next_owner`'s. The conversation is locked first
-- and the next turn picked in a later statement: a turn accepted meanwhile would otherwise be stuck for ever.
--
-- Returns {finished, message_id?, calls?, next?}; finished is false when the turn is no longer the caller's or its
-- conversation is gone. message_id is the answer's: that of the question it replaces, after an approval. calls are the
-- turn's, when some were not carried out and are closed by its end.
create function colloquy.finish_turn_v1(
  _user text, _conversation uuid, _turn uuid, _owner uuid, _epoch int, _status text, _message uuid, _content text,
  _parts jsonb, _usage jsonb, _error jsonb, _next_owner uuid, _window int
) returns json language plpgsql as $$
declare _no int; _answer uuid; _calls json;
begin
  perform colloquy.act_as(_user);
  perform from colloquy.conversations where user_id = _user and id = _conversation for no key update;
  update colloquy.turns
     set status = _status, usage = _usage, error = _error, progress = progress + 1,
         parts = case when _status = 'awaiting_approval' then _parts end,
         finished_at = case when _status <> 'awaiting_approval' then now() end
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running'
  returning turn_no into _no;
  if not found then return json_build_object('finished', false); end if;
  if _status <> 'awaiting_approval' and _parts is not null then -- an answer without parts made no calls
    update colloquy.tool_calls set status = case when status = 'started' then 'unknown' else 'dropped' end
     where user_id = _user and turn_id = _turn and status in ('pending', 'approved', 'started', 'awaiting_approval');
    if found then _calls := colloquy.calls_of_v1(_user, _turn); end if;
  end if;

  insert into colloquy.messages as m (user_id, conversation_id, seq, id, turn_id, role, status, content, parts, live)
  values (_user, _conversation, 2 * _no, _message, _turn, 'assistant', _status, _content, _parts, true)
  on conflict (user_id, conversation_id, seq)
  do update set status = excluded.status, content = excluded.content, parts = excluded.parts
  returning m.id into _answer;
  update colloquy.conversations
     set active_turn = null, awaiting_turn = case when _status = 'awaiting_approval' then _turn end
   where user_id = _user and id = _conversation;
  return json_build_object('finished', true, 'message_id', _answer, 'calls', _calls, 'next',
    colloquy.start_next_v1(_user, _conversation, _next_owner, _window));
end $$;
