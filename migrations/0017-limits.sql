-- min_code: 1
--
-- What one user may have of the server, and what they had. Both are kept here, so that all instances count together, and
-- in tables of their own, so that deleting a conversation gives nothing back.
--
--   turn_counters   the turns that were taken in this minute; its row is the lock under which a user's turns are taken in
--   usage           what was used, by the hour and the model
--
-- A turn's own `usage` and the table grow in the same commit by the same amount, whenever a step is written down and when
-- the turn stops: whatever becomes of it then, cancelled, taken over or deleted, nothing is left to be settled. What a
-- turn may still use is kept nowhere either: it is read off the turns that wait or run. A turn that awaits approval keeps
-- nothing back, or questions nobody answers would use up a budget for ever.
--
-- The order of locks: conversation, turn, tool call, counter, task. Whoever holds a counter of these and then asks for a
-- turn holds that turn's conversation, and who holds a turn without its conversation never asks for turn_counters.

create table colloquy.turn_counters (
  user_id text not null constraint turn_counters_user_check check (user_id <> ''),
  minute  timestamptz not null,
  turns   int not null,
  constraint turn_counters_pkey primary key (user_id)
);

create table colloquy.usage (
  user_id       text not null constraint usage_user_check check (user_id <> ''),
  hour          timestamptz not null,
  model         text not null,
  turns         int not null, -- that stopped in it, the first time where they went on later
  input_tokens  bigint not null,
  output_tokens bigint not null,
  constraint usage_pkey primary key (user_id, hour, model)
);

do $$
declare t text;
begin
  foreach t in array array['turn_counters', 'usage'] loop
    execute format('alter table colloquy.%I enable row level security', t);
    execute format('alter table colloquy.%I force row level security', t);
    execute format('create policy own on colloquy.%I to colloquy_server using (user_id = current_setting(''app.user_id'', true))', t);
    execute format('grant select, insert, update, delete on colloquy.%I to colloquy_server', t);
  end loop;
end $$;

-- Attempts to sign in, by what they are counted for, which is not to be read from the key.
create table auth.attempts (
  key      text constraint attempts_pkey primary key,
  begun_at timestamptz not null,
  attempts int not null
);
create index attempts_age on auth.attempts (begun_at);
grant select, insert, update, delete on auth.attempts to colloquy_auth;

-- Where a user stands. _limits: {turns_per_minute, tokens, window_hours, tokens_per_turn}. Windows begin at whole minutes
-- and, of so many hours each, at midnight UTC of 1 January 1970. One statement: a turn that ends meanwhile is either what
-- is reserved or what was used. Served by usage_pkey, turns_running_key and turns_queued.
create function colloquy.limits_of_v1(_user text, _limits jsonb) returns json language plpgsql as $$
declare
  _reserve bigint := (_limits ->> 'tokens_per_turn')::bigint;
  _seconds int := (_limits ->> 'window_hours')::int * 3600;
  _since timestamptz := to_timestamp(floor(extract(epoch from now()) / _seconds) * _seconds);
  _minute timestamptz := date_trunc('minute', now());
  _standing json;
begin
  perform colloquy.act_as(_user);
  select row_to_json(h) into _standing from (
    select coalesce((select c.turns from colloquy.turn_counters c where c.user_id = _user and c.minute >= _minute), 0) as turns,
           _minute + interval '1 minute' as turns_reset_at,
           coalesce((select sum(u.input_tokens + u.output_tokens) from colloquy.usage u
                      where u.user_id = _user and u.hour >= _since), 0) as used,
           (select coalesce(sum(greatest(0, _reserve - coalesce((o.usage ->> 'input_tokens')::bigint, 0)
                                              - coalesce((o.usage ->> 'output_tokens')::bigint, 0))), 0) from (
              select t.usage from colloquy.turns t where t.user_id = _user and t.status = 'running' and t.kind = 'chat'
              union all
              select t.usage from colloquy.turns t where t.user_id = _user and t.status = 'queued' and t.kind = 'chat') o) as reserved,
           _since + make_interval(secs => _seconds) as tokens_reset_at, now() as now) h;
  return _standing;
end $$;

-- Takes a turn out of what the user may still have, or says what keeps it: {limit, remaining, reset_seconds, refused?,
-- retry_after_seconds?}; refused is turns or tokens, and then nothing was written. The counter is taken first: of turns
-- that come at once each reads what the one before it has left, in a statement that begins after that was committed.
create function colloquy.take_turn_v1(_user text, _limits jsonb) returns json language plpgsql as $$
declare
  _per_minute int := (_limits ->> 'turns_per_minute')::int;
  _tokens bigint := (_limits ->> 'tokens')::bigint;
  _reserve bigint := (_limits ->> 'tokens_per_turn')::bigint;
  _minute timestamptz := date_trunc('minute', now());
  _left int := ceil(extract(epoch from _minute + interval '1 minute' - now()));
  _taken int; _standing json; _used bigint; _free bigint; _window_left int;
begin
  insert into colloquy.turn_counters as c (user_id, minute, turns) values (_user, _minute, 1)
  on conflict (user_id) do update
     set minute = greatest(c.minute, excluded.minute),
         turns = case when c.minute < excluded.minute then 1 else c.turns + 1 end
   where _per_minute = 0 or c.minute < excluded.minute or c.turns < _per_minute
  returning c.turns into _taken;
  if not found then
    return json_build_object('refused', 'turns', 'limit', _per_minute, 'remaining', 0, 'reset_seconds', _left,
      'retry_after_seconds', _left);
  end if;

  if _tokens > 0 then
    _standing := colloquy.limits_of_v1(_user, _limits);
    _used := (_standing ->> 'used')::bigint;
    _free := _tokens - _used - (_standing ->> 'reserved')::bigint;
    _window_left := ceil(extract(epoch from (_standing ->> 'tokens_reset_at')::timestamptz - now()));
    if _free < _reserve then
      update colloquy.turn_counters set turns = turns - 1 where user_id = _user;
      -- What others have reserved is free again when they end, what was used only in the next window.
      return json_build_object('refused', 'tokens', 'limit', _tokens, 'remaining', greatest(0, _free),
        'reset_seconds', _window_left,
        'retry_after_seconds', case when _tokens - _used < _reserve then _window_left else least(10, _window_left) end);
    end if;
    if _per_minute = 0 then
      return json_build_object('limit', _tokens, 'remaining', _free - _reserve, 'reset_seconds', _window_left);
    end if;
  end if;
  return json_build_object('limit', _per_minute, 'remaining', _per_minute - _taken, 'reset_seconds', _left);
end $$;

-- Notes what a turn has used since `_before` was noted.
create function colloquy.add_usage_v1(_user text, _model text, _turns int, _before jsonb, _after jsonb) returns void
language plpgsql as $$
begin
  insert into colloquy.usage as u (user_id, hour, model, turns, input_tokens, output_tokens)
  values (_user, date_trunc('hour', now()), _model, _turns,
          coalesce((_after ->> 'input_tokens')::bigint, 0) - coalesce((_before ->> 'input_tokens')::bigint, 0),
          coalesce((_after ->> 'output_tokens')::bigint, 0) - coalesce((_before ->> 'output_tokens')::bigint, 0))
  on conflict (user_id, hour, model) do update
     set turns = u.turns + excluded.turns, input_tokens = u.input_tokens + excluded.input_tokens,
         output_tokens = u.output_tokens + excluded.output_tokens;
end $$;

-- The turn that a key has made, as accept_turn returns it; null: none yet.
create function colloquy.made_by_key_v1(_user text, _key text, _hash text) returns json language plpgsql as $$
begin
  return (select json_build_object('turn_id', i.turn_id, 'conversation_id', t.conversation_id, 'status', t.status,
            'created_at', t.created_at,
            'outcome', case when i.request_hash <> _hash then 'mismatch' when t.status is null then 'gone' else 'replayed' end)
            from colloquy.idempotency_keys i left join colloquy.turns t on t.user_id = _user and t.id = i.turn_id
           where i.user_id = _user and i.key = _key);
end $$;

-- One commit that takes a message in: key look-up, conversation, limits, turn (running if the conversation is free, else
-- queued), the user's message, the key; returns the window the model will see. Run-or-queue is decided from the locked
-- conversation row alone: a statement that waited for a lock sees everything but that row as it was before the wait.
--
-- _context: {time_zone?, locale?, …}; `now` is added here, by the database's clock, and holds for the whole turn. One that
-- names no time zone gets the user's own; a locale of the user's own goes before the given one, which browsers send
-- unasked. _conversation null: a new one is made as _new_conversation. _target: the turn that this one replaces, as a new
-- version with the same parent; with _content null its message is used again. _verdict: what the message says to a question
-- that awaits approval (approved, denied or dropped). _limits: as limits_of takes them; null: none.
--
-- A message that interrupts withdraws no reminder that waits. Everything that can be refused is refused before anything is
-- written, so a refusal leaves nothing. Replays and what is refused for another reason cost nothing. The key is looked up
-- again wherever a lock may have been waited for: what held it may have been the same message, posted twice at once.
--
-- Returns {outcome, conversation_id?, turn_id?, status?, created_at?, interrupted?, limit?, turn?}, where outcome is one
-- of started (with the owned turn) | queued | replayed | mismatch | gone | not_found | conflict | busy | queue_full |
-- limited, and limit is what take_turn says.
create function colloquy.accept_turn_v2(
  _user text, _key text, _hash text, _conversation uuid, _new_conversation uuid, _title text, _target uuid, _turn uuid,
  _message uuid, _content text, _context jsonb, _if_busy text, _verdict text, _owner uuid, _window int, _queue_limit int,
  _limits jsonb
) returns json language plpgsql as $$
declare
  c record; v record; u record; _made json;
  _no int; _parent uuid; _parent_no int; _awaiting uuid; _free boolean; _text text := _content; _queued int; _limit json;
begin
  perform colloquy.act_as(_user);

  if _key is not null then
    _made := colloquy.made_by_key_v1(_user, _key, _hash);
    if _made is not null then return _made; end if;
  end if;

  if _conversation is null then
    _no := 1;
    _free := true;
  else
    select last_turn, head_turn, active_turn, awaiting_turn into c from colloquy.conversations
     where user_id = _user and id = _conversation for update;
    if not found then return json_build_object('outcome', 'not_found'); end if;
    if _key is not null then
      _made := colloquy.made_by_key_v1(_user, _key, _hash);
      if _made is not null then return _made; end if;
    end if;
    _free := c.active_turn is null;
    _no := c.last_turn + 1;
    _parent := c.head_turn;
    _awaiting := c.awaiting_turn;

    if not _free and (_if_busy = 'reject' or _target is not null) then
      return json_build_object('outcome', 'busy', 'conversation_id', _conversation, 'turn_id', c.active_turn);
    end if;
    if not _free and _if_busy <> 'interrupt' then
      select count(*) into _queued from colloquy.turns
       where user_id = _user and conversation_id = _conversation and status = 'queued';
      if _queued >= _queue_limit then
        return json_build_object('outcome', 'queue_full', 'conversation_id', _conversation);
      end if;
    end if;

    if _target is not null then
      select t.parent_turn, p.turn_no, m.content, t.live into v
        from colloquy.turns t
        join colloquy.messages m on m.user_id = _user and m.conversation_id = _conversation and m.seq = 2 * t.turn_no - 1
        left join colloquy.turns p on p.user_id = _user and p.id = t.parent_turn
       where t.user_id = _user and t.id = _target and t.conversation_id = _conversation;
      if not found then return json_build_object('outcome', 'not_found'); end if;
      if not v.live then return json_build_object('outcome', 'conflict'); end if;
      _parent := v.parent_turn;
      _parent_no := coalesce(v.turn_no, 0);
      _text := coalesce(_content, v.content);
    end if;
  end if;

  if _limits is not null then
    _limit := colloquy.take_turn_v1(_user, _limits);
    if _limit ->> 'refused' is not null then
      return coalesce(colloquy.made_by_key_v1(_user, _key, _hash), json_build_object('outcome', 'limited', 'limit', _limit));
    end if;
  end if;

  if _conversation is null then
    insert into colloquy.conversations (user_id, id, title, last_turn, head_turn, active_turn)
    values (_user, _new_conversation, _title, 1, _turn, _turn);
    _conversation := _new_conversation;
  else
    if not _free and _if_busy = 'interrupt' then
      update colloquy.turns set cancel_requested_at = now()
       where user_id = _user and id = c.active_turn and cancel_requested_at is null;
      update colloquy.turns set status = 'cancelled', finished_at = now(), progress = progress + 1
       where user_id = _user and conversation_id = _conversation and status = 'queued' and kind = 'chat';
    end if;
    if _target is not null then
      -- A child's number is above its parent's: what is live above the parent is the path that ends here.
      update colloquy.turns set live = false
       where user_id = _user and conversation_id = _conversation and live and turn_no > _parent_no;
      update colloquy.messages set live = false
       where user_id = _user and conversation_id = _conversation and live and seq > 2 * _parent_no;
    end if;
    update colloquy.conversations
       set last_turn = _no, updated_at = now(), active_turn = coalesce(active_turn, _turn),
           head_turn = case when _free then _turn else head_turn end, awaiting_turn = null
     where user_id = _user and id = _conversation;
  end if;

  select o.time_zone, o.locale into u from colloquy.user_settings o where o.user_id = _user; -- without a row: nulls
  _context := _context || jsonb_build_object('time_zone', coalesce(_context ->> 'time_zone', u.time_zone, 'UTC'),
    'locale', coalesce(u.locale, _context ->> 'locale', 'en'),
    'now', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
  insert into colloquy.turns (user_id, id, conversation_id, turn_no, parent_turn, live, status, owner, context, started_at)
  values (_user, _turn, _conversation, _no, case when _free then _parent end, _free,
          case when _free then 'running' else 'queued' end, case when _free then _owner end, _context,
          case when _free then now() end);
  insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, content, live)
  values (_user, _conversation, 2 * _no - 1, _message, _turn, 'user', _text, _free);
  if _key is not null then
    insert into colloquy.idempotency_keys (user_id, key, turn_id, request_hash) values (_user, _key, _turn, _hash);
  end if;
  if not _free then
    return json_build_object('outcome', 'queued', 'turn_id', _turn, 'conversation_id', _conversation, 'status', 'queued',
      'created_at', now(), 'limit', _limit, 'interrupted', case when _if_busy = 'interrupt' then c.active_turn end);
  end if;

  if _awaiting is not null then
    if _target is not null then _verdict := 'dropped'; end if;
    perform colloquy.settle_awaiting_v1(_user, _awaiting, _verdict);
    if _verdict = 'approved' then perform colloquy.continue_calls_v1(_user, _awaiting, _turn); end if;
    return json_build_object('outcome', 'started', 'limit', _limit, 'turn', colloquy.owned_turn_v1(_user, _turn, _window));
  end if;
  -- The same turn as owned_turn_v1 would read, without reading it again: this is the way of nearly every message.
  return json_build_object('outcome', 'started', 'limit', _limit, 'turn', json_build_object('user_id', _user, 'id', _turn,
    'conversation_id', _conversation, 'turn_no', _no, 'epoch', 1, 'attempts', 0, 'context', _context,
    'cancel_requested', false, 'age_ms', 0, 'created_at', now(),
    'history', colloquy.history_v1(_user, _conversation, 2 * _no, _window)));
end $$;

-- accept_turn for clients that make their ids themselves; the arguments from _user on are its own.
--
-- _mode say: _client is the message's id, and one that is known already is the same message again. edit: a new text for
-- the message that _replaces names. regenerate: the turn that _replaces names once more; by default that of the message
-- _client, or the last. A replacement that has been made already is not made again: the turn in its place is returned.
-- Further outcome: no_message, when _replaces names nothing.
create function colloquy.accept_external_v1(
  _external text, _client text, _replaces text, _mode text,
  _user text, _key text, _hash text, _new_conversation uuid, _title text, _turn uuid, _message uuid, _content text,
  _context jsonb, _if_busy text, _verdict text, _owner uuid, _window int, _queue_limit int, _limits jsonb
) returns json language plpgsql as $$
declare _conversation uuid; _target uuid; _same uuid; k record; _accepted json;
begin
  perform colloquy.act_as(_user);
  if _key is null or not exists (select from colloquy.idempotency_keys where user_id = _user and key = _key) then
    _conversation := colloquy.named_conversation_v1(_user, _external);
    perform from colloquy.conversations where user_id = _user and id = _conversation for update;
    if not found and (_conversation is not null or _mode <> 'say') then
      return json_build_object('outcome', 'not_found');
    end if;
    if _mode = 'say' then
      -- Served by messages_client, which named_turn is not: this is the way of every message.
      select turn_id into _same from colloquy.messages
       where user_id = _user and conversation_id = _conversation and client_id = _client order by seq desc limit 1;
    else
      _target := case when coalesce(_replaces, _client) is null
        then (select head_turn from colloquy.conversations where user_id = _user and id = _conversation)
        else colloquy.named_turn_v1(_user, _conversation, coalesce(_replaces, _client)) end;
      select t.live, t.status, t.parent_turn, t.started_at, m.client_id, m.content into k
        from colloquy.turns t
        left join colloquy.messages m on m.user_id = _user and m.conversation_id = _conversation and m.seq = 2 * t.turn_no - 1
       where t.user_id = _user and t.id = _target;
      if not found then return json_build_object('outcome', 'no_message'); end if;
      if k.started_at is null then return json_build_object('outcome', 'conflict'); end if;
      if not k.live then
        select o.id into _same from colloquy.turns o
         where o.user_id = _user and o.conversation_id = _conversation and o.live
           and o.parent_turn is not distinct from k.parent_turn and o.started_at is not null;
      elsif k.status = 'running' and (_mode = 'regenerate' or k.content = _content)
         or k.status in ('completed', 'awaiting_approval') and _mode = 'edit' and k.content = _content then
        _same := _target;
      end if;
      if _mode = 'regenerate' then _client := k.client_id; end if;
    end if;
    if _same is not null then
      return json_build_object('outcome', 'replayed', 'turn_id', _same, 'conversation_id', _conversation);
    end if;
  end if;

  _accepted := colloquy.accept_turn_v2(_user, _key, _hash, _conversation, _new_conversation, _title, _target, _turn, _message,
    _content, _context, _if_busy, _verdict, _owner, _window, _queue_limit, _limits);
  if _accepted ->> 'outcome' in ('started', 'queued') then
    if _conversation is null and _external is not null then
      insert into colloquy.external_ids (user_id, external_id, conversation_id) values (_user, _external, _new_conversation);
    end if;
    if _client is not null then
      update colloquy.messages set client_id = _client
       where user_id = _user and conversation_id = coalesce(_conversation, _new_conversation)
         and seq = (select 2 * n.turn_no - 1 from colloquy.turns n where n.user_id = _user and n.id = _turn);
    end if;
  end if;
  return _accepted;
end $$;

-- Writes down what the model decided in a step, before any of it is carried out, as before; and what the step used.
create function colloquy.journal_step_v2(
  _user text, _turn uuid, _owner uuid, _epoch int, _parts jsonb, _calls jsonb, _usage jsonb, _model text
) returns boolean language plpgsql as $$
declare _noted jsonb;
begin
  perform colloquy.act_as(_user);
  select usage into _noted from colloquy.turns
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running' for no key update;
  if not found then return false; end if;
  update colloquy.turns set parts = _parts, usage = _usage, progress = progress + 1 where user_id = _user and id = _turn;
  insert into colloquy.tool_calls as c
         (user_id, turn_id, step, position, id, provider_call_id, name, arguments, status, effect, result, finished_at)
  select t.user_id, t.id, (j ->> 'step')::int, (j ->> 'position')::int, (j ->> 'id')::uuid, j ->> 'provider_call_id',
         j ->> 'name', j -> 'arguments', j ->> 'status', j ->> 'effect', j -> 'result',
         case when j ->> 'status' = 'failed' then t.created_at end
    from colloquy.turns t, jsonb_array_elements(_calls) j
   where t.user_id = _user and t.id = _turn
  on conflict (user_id, turn_id, step, position) do nothing; -- written already, and the answer was lost
  perform colloquy.add_usage_v1(_user, _model, 0, _noted, _usage);
  return true;
end $$;

-- One commit that ends a turn for now, as before; and what it used since its last step was written down. An answer that
-- takes the place of its question, after an approval, is of a turn that was counted then. Whoever has asked it to stop is
-- asked nothing any more: `status` says what the turn has become.
create function colloquy.finish_turn_v2(
  _user text, _conversation uuid, _turn uuid, _owner uuid, _epoch int, _status text, _message uuid, _content text,
  _parts jsonb, _usage jsonb, _error jsonb, _next_owner uuid, _window int, _model text
) returns json language plpgsql as $$
declare t record; a record; _calls json; _next json;
begin
  perform colloquy.act_as(_user);
  perform from colloquy.conversations where user_id = _user and id = _conversation for no key update;
  select turn_no, usage, cancel_requested_at into t from colloquy.turns
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running' for no key update;
  if not found then return json_build_object('finished', false); end if;
  if _status = 'awaiting_approval' and t.cancel_requested_at is not null then _status := 'cancelled'; end if;
  update colloquy.turns
     set status = _status, usage = _usage, error = _error, progress = progress + 1,
         parts = case when _status = 'awaiting_approval' then _parts end,
         finished_at = case when _status <> 'awaiting_approval' then now() end
   where user_id = _user and id = _turn;
  if _status <> 'awaiting_approval' and _parts is not null then -- an answer without parts made no calls
    update colloquy.tool_calls set status = case when status = 'started' then 'unknown' else 'dropped' end
     where user_id = _user and turn_id = _turn and status in ('pending', 'approved', 'started', 'awaiting_approval');
    if found then _calls := colloquy.calls_of_v1(_user, _turn); end if;
  end if;

  insert into colloquy.messages as m (user_id, conversation_id, seq, id, turn_id, role, status, content, parts, live)
  values (_user, _conversation, 2 * t.turn_no, _message, _turn, 'assistant', _status, _content, _parts, true)
  on conflict (user_id, conversation_id, seq)
  do update set status = excluded.status, content = excluded.content, parts = excluded.parts
  returning m.id, m.xmax = 0 as is_new into a;
  update colloquy.conversations
     set active_turn = null, awaiting_turn = case when _status = 'awaiting_approval' then _turn end
   where user_id = _user and id = _conversation;
  _next := colloquy.start_next_v2(_user, _conversation, _next_owner, _window);
  perform colloquy.add_usage_v1(_user, _model, case when a.is_new then 1 else 0 end, t.usage, _usage);
  return json_build_object('finished', true, 'status', _status, 'message_id', a.id, 'calls', _calls, 'next', _next);
end $$;

-- Stores what a retry came to, as before, and also when its turn was taken over or has ended meanwhile: either takes the
-- call for one that was interrupted, and calls its outcome unknown again.
create or replace function colloquy.finish_retry_v1(_user text, _call uuid, _status text, _result jsonb) returns boolean
language plpgsql as $$
declare _turn uuid;
begin
  perform colloquy.act_as(_user);
  select turn_id into _turn from colloquy.tool_calls where user_id = _user and id = _call;
  update colloquy.turns set progress = progress + 1 where user_id = _user and id = _turn;
  update colloquy.tool_calls set status = _status, result = _result, finished_at = now()
   where user_id = _user and id = _call and status in ('started', 'unknown') and effect = 'external';
  return found;
end $$;
