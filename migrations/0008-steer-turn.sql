-- min_code: 1
--
-- What others than its owner may do to a turn. All lock conversation, then turn, then call, and are conditional on the
-- status they expect, so each happens once, on whichever instance it is asked.

-- Finds and locks a turn's conversation; null when there is no such turn.
create function colloquy.lock_conversation_of_v1(_user text, _turn uuid) returns uuid language plpgsql as $$
declare _conversation uuid;
begin
  select conversation_id into _conversation from colloquy.turns where user_id = _user and id = _turn;
  perform from colloquy.conversations where user_id = _user and id = _conversation for no key update;
  return _conversation;
end $$;

-- Asks a turn to stop: withdraws a queued one, drops what an awaiting one asked for, tells the owner of a running one
-- (null `owner` in the answer: nobody has to be told). Idempotent. Returns {status, owner?} or null: no such turn.
create function colloquy.cancel_turn_v1(_user text, _turn uuid) returns json language plpgsql as $$
declare t record; _conversation uuid;
begin
  perform colloquy.act_as(_user);
  _conversation := colloquy.lock_conversation_of_v1(_user, _turn);
  select status, owner, turn_no into t from colloquy.turns where user_id = _user and id = _turn for no key update;
  if not found then return null; end if;
  case t.status
  when 'queued' then
    update colloquy.turns set status = 'cancelled', finished_at = now(), progress = progress + 1
     where user_id = _user and id = _turn;
  when 'running' then
    update colloquy.turns set cancel_requested_at = now(), progress = progress + 1
     where user_id = _user and id = _turn and cancel_requested_at is null;
    return json_build_object('status', 'running', 'owner', t.owner);
  when 'awaiting_approval' then
    update colloquy.turns set status = 'cancelled', finished_at = now(), parts = null, progress = progress + 1
     where user_id = _user and id = _turn;
    update colloquy.messages set status = 'cancelled'
     where user_id = _user and conversation_id = _conversation and seq = 2 * t.turn_no;
    update colloquy.tool_calls set status = 'dropped'
     where user_id = _user and turn_id = _turn and status in ('awaiting_approval', 'approved', 'pending');
    update colloquy.conversations set awaiting_turn = null where user_id = _user and id = _conversation;
  else
    return json_build_object('status', t.status);
  end case;
  return json_build_object('status', 'cancelled');
end $$;

-- Another text for a message that still waits. Returns false when it does not wait any more.
create function colloquy.edit_queued_turn_v1(_user text, _turn uuid, _content text) returns boolean language plpgsql as $$
declare _conversation uuid; _no int;
begin
  perform colloquy.act_as(_user);
  _conversation := colloquy.lock_conversation_of_v1(_user, _turn);
  select turn_no into _no from colloquy.turns where user_id = _user and id = _turn and status = 'queued' for no key update;
  if not found then return false; end if;
  update colloquy.messages set content = _content
   where user_id = _user and conversation_id = _conversation and seq = 2 * _no - 1;
  return true;
end $$;

-- The verdict on one call that awaits approval. With the last verdict the turn itself goes on, as `_owner`'s: calls behind
-- a denied one were waiting for it and are dropped with it when nothing was approved.
-- Returns {outcome: decided | not_found | conflict, call?, turn?}.
create function colloquy.decide_call_v1(_user text, _call uuid, _approved boolean, _owner uuid, _window int) returns json
language plpgsql as $$
declare _turn uuid; _conversation uuid;
begin
  perform colloquy.act_as(_user);
  select turn_id into _turn from colloquy.tool_calls where user_id = _user and id = _call;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  _conversation := colloquy.lock_conversation_of_v1(_user, _turn);
  perform from colloquy.turns where user_id = _user and id = _turn and status = 'awaiting_approval' for no key update;
  if not found then return json_build_object('outcome', 'conflict'); end if;
  update colloquy.tool_calls set status = case when _approved then 'approved' else 'denied' end
   where user_id = _user and id = _call and status = 'awaiting_approval';
  if not found then return json_build_object('outcome', 'conflict'); end if;
  update colloquy.turns set progress = progress + 1 where user_id = _user and id = _turn;

  perform from colloquy.tool_calls where user_id = _user and turn_id = _turn and status = 'awaiting_approval';
  if found then return json_build_object('outcome', 'decided', 'turn_id', _turn); end if;
  perform from colloquy.tool_calls where user_id = _user and turn_id = _turn and status = 'approved';
  if not found then
    update colloquy.tool_calls set status = 'dropped' where user_id = _user and turn_id = _turn and status = 'pending';
  end if;
  update colloquy.conversations set active_turn = _turn, awaiting_turn = null where user_id = _user and id = _conversation;
  update colloquy.turns set status = 'running', owner = _owner, epoch = epoch + 1, started_at = now()
   where user_id = _user and id = _turn;
  return json_build_object('outcome', 'decided', 'turn_id', _turn, 'turn', colloquy.owned_turn_v1(_user, _turn, _window));
end $$;

-- Makes another version the one that is read: the newest descendant of `_turn` becomes the head, and what is live is the
-- path that ends there. Returns the head, or an outcome: not_found | busy.
create function colloquy.switch_head_v1(_user text, _conversation uuid, _turn uuid) returns json language plpgsql as $$
declare c record; _head uuid; _path uuid[];
begin
  perform colloquy.act_as(_user);
  select active_turn, awaiting_turn into c from colloquy.conversations
   where user_id = _user and id = _conversation for no key update;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  perform from colloquy.turns
    where user_id = _user and id = _turn and conversation_id = _conversation and started_at is not null;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  if c.active_turn is not null then return json_build_object('outcome', 'busy'); end if;
  if c.awaiting_turn is not null then perform colloquy.settle_awaiting_v1(_user, c.awaiting_turn, 'dropped'); end if;

  with recursive down as (
    select t.id, t.turn_no from colloquy.turns t where t.user_id = _user and t.id = _turn
    union all
    select t.id, t.turn_no from colloquy.turns t join down d on t.parent_turn = d.id
     where t.user_id = _user and t.conversation_id = _conversation)
  select id into _head from down order by turn_no desc limit 1;
  with recursive up as (
    select t.id, t.parent_turn from colloquy.turns t where t.user_id = _user and t.id = _head
    union all
    select t.id, t.parent_turn from colloquy.turns t join up u on t.id = u.parent_turn where t.user_id = _user)
  select array_agg(id) into _path from up;

  update colloquy.turns set live = id = any (_path)
   where user_id = _user and conversation_id = _conversation and live <> (id = any (_path));
  update colloquy.messages set live = turn_id = any (_path)
   where user_id = _user and conversation_id = _conversation and live <> (turn_id = any (_path));
  update colloquy.conversations set head_turn = _head, awaiting_turn = null, updated_at = now()
   where user_id = _user and id = _conversation;
  return json_build_object('outcome', 'switched', 'head_turn', _head);
end $$;
