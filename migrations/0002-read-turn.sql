-- min_code: 1
--
-- What an owner needs to work on a turn, read inside the functions that hand turns out. Each is called after the
-- conversation was locked, in a statement of its own, and so sees an answer committed a moment ago.

-- The newest `_window` live messages before place `_before`, newest first, with the tool calls of their turns.
-- Served by messages_live and tool_calls_pkey.
create function colloquy.history_v1(_user text, _conversation uuid, _before int, _window int) returns json
language plpgsql as $$
begin
  return (select json_agg(h) from (
    select m.seq, m.role, m.status, m.content, m.parts,
           case when m.parts is not null then colloquy.calls_of_v1(_user, m.turn_id) end as calls
      from colloquy.messages m
     where m.user_id = _user and m.conversation_id = _conversation and m.live and m.seq < _before
     order by m.seq desc limit _window) h);
end $$;

create function colloquy.calls_of_v1(_user text, _turn uuid) returns json language plpgsql as $$
begin
  return (select json_agg(h) from (
    select c.id, c.step, c.position, c.provider_call_id, c.name, c.arguments, c.result, c.status, c.effect,
           c.continues, c.finished_at
      from colloquy.tool_calls c
     where c.user_id = _user and c.turn_id = _turn order by c.step, c.position) h);
end $$;

-- A turn as its owner takes it up: itself, the window it answers, its journal and its calls.
create function colloquy.owned_turn_v1(_user text, _turn uuid, _window int) returns json language plpgsql as $$
begin
  return (select row_to_json(h) from (
    select t.user_id, t.id, t.conversation_id, t.turn_no, t.epoch, t.attempts, t.context, t.parts, t.usage,
           t.cancel_requested_at is not null as cancel_requested,
           (extract(epoch from clock_timestamp() - t.started_at) * 1000)::int as age_ms,
           t.created_at,
           colloquy.history_v1(_user, t.conversation_id, 2 * t.turn_no, _window) as history,
           colloquy.calls_of_v1(_user, t.id) as calls
      from colloquy.turns t where t.user_id = _user and t.id = _turn) h);
end $$;
