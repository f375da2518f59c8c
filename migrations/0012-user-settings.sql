-- min_code: 1
--
-- What a user has settled once for all: where their days begin and end, and in which language and form they read. A null
-- is not settled; whatever the request says holds then, or else UTC and English.

create table colloquy.user_settings (
  user_id    text not null constraint user_settings_user_check check (user_id <> ''),
  time_zone  text, -- an IANA name
  locale     text, -- BCP 47
  updated_at timestamptz not null default now(),
  constraint user_settings_pkey primary key (user_id)
);
alter table colloquy.user_settings enable row level security;
alter table colloquy.user_settings force row level security;
create policy own on colloquy.user_settings to colloquy_server using (user_id = current_setting('app.user_id', true));
grant select, insert, update, delete on colloquy.user_settings to colloquy_server;

-- What made a turn: a message, or a reminder that came due (migrations/0013-reminders.sql).
alter table colloquy.turns add column kind text not null default 'chat'
  constraint turns_kind_check check (kind in ('chat', 'reminder'));

-- One commit that takes a message in: key look-up, conversation, turn (running if the conversation is free, else
-- queued), the user's message, the key; returns the window the model will see. Run-or-queue is decided from the locked
-- conversation row alone: a statement that waited for a lock sees everything but that row as it was before the wait.
--
-- As before; a context that names no time zone gets the user's own, and a locale of the user's own goes before the given
-- one, which browsers send unasked. Reminders that wait are not withdrawn by a message that interrupts.
--
-- _context: {time_zone?, locale?, …}; `now` is added here, by the database's clock, and holds for the whole turn.
-- _conversation null: a new one is made as _new_conversation. _target: the turn that this one replaces, as a new version
-- with the same parent; with _content null its message is used again. _verdict: what the message says to a question that
-- awaits approval (approved, denied or dropped).
--
-- Returns {outcome, conversation_id?, turn_id?, status?, created_at?, interrupted?, turn?}, where outcome is one of
-- started (with the owned turn) | queued | replayed | mismatch | gone | not_found | conflict | busy | queue_full.
create function colloquy.accept_turn_v2(
  _user text, _key text, _hash text, _conversation uuid, _new_conversation uuid, _title text, _target uuid, _turn uuid,
  _message uuid, _content text, _context jsonb, _if_busy text, _verdict text, _owner uuid, _window int, _queue_limit int
) returns json language plpgsql as $$
declare
  k record; c record; v record; u record;
  _no int; _parent uuid; _parent_no int; _awaiting uuid; _free boolean; _text text := _content; _queued int;
begin
  perform colloquy.act_as(_user);

  if _key is not null then
    select i.turn_id, i.request_hash, t.conversation_id, t.status, t.created_at into k
      from colloquy.idempotency_keys i left join colloquy.turns t on t.user_id = _user and t.id = i.turn_id
     where i.user_id = _user and i.key = _key;
    if found then
      return json_build_object('turn_id', k.turn_id, 'conversation_id', k.conversation_id, 'status', k.status,
        'created_at', k.created_at,
        'outcome', case when k.request_hash <> _hash then 'mismatch' when k.status is null then 'gone' else 'replayed' end);
    end if;
  end if;

  if _conversation is null then
    insert into colloquy.conversations (user_id, id, title, last_turn, head_turn, active_turn)
    values (_user, _new_conversation, _title, 1, _turn, _turn);
    _conversation := _new_conversation;
    _no := 1;
    _free := true;
  else
    select last_turn, head_turn, active_turn, awaiting_turn into c from colloquy.conversations
     where user_id = _user and id = _conversation for update;
    if not found then return json_build_object('outcome', 'not_found'); end if;
    _free := c.active_turn is null;
    _no := c.last_turn + 1;
    _parent := c.head_turn;
    _awaiting := c.awaiting_turn;

    if not _free and (_if_busy = 'reject' or _target is not null) then
      return json_build_object('outcome', 'busy', 'conversation_id', _conversation, 'turn_id', c.active_turn);
    end if;
    if not _free then
      if _if_busy = 'interrupt' then
        update colloquy.turns set cancel_requested_at = now()
         where user_id = _user and id = c.active_turn and cancel_requested_at is null;
        update colloquy.turns set status = 'cancelled', finished_at = now(), progress = progress + 1
         where user_id = _user and conversation_id = _conversation and status = 'queued' and kind = 'chat';
      else
        select count(*) into _queued from colloquy.turns
         where user_id = _user and conversation_id = _conversation and status = 'queued';
        if _queued >= _queue_limit then
          return json_build_object('outcome', 'queue_full', 'conversation_id', _conversation);
        end if;
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
      'created_at', now(), 'interrupted', case when _if_busy = 'interrupt' then c.active_turn end);
  end if;

  if _awaiting is not null then
    if _target is not null then _verdict := 'dropped'; end if;
    perform colloquy.settle_awaiting_v1(_user, _awaiting, _verdict);
    if _verdict = 'approved' then perform colloquy.continue_calls_v1(_user, _awaiting, _turn); end if;
    return json_build_object('outcome', 'started', 'turn', colloquy.owned_turn_v1(_user, _turn, _window));
  end if;
  -- The same turn as owned_turn_v1 would read, without reading it again: this is the way of nearly every message.
  return json_build_object('outcome', 'started', 'turn', json_build_object('user_id', _user, 'id', _turn,
    'conversation_id', _conversation, 'turn_no', _no, 'epoch', 1, 'attempts', 0, 'context', _context,
    'cancel_requested', false, 'age_ms', 0, 'created_at', now(),
    'history', colloquy.history_v1(_user, _conversation, 2 * _no, _window)));
end $$;
