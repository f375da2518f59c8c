-- min_code: 1
--
-- Clients that make their ids themselves. What such a client calls a conversation is kept here and outlives it: a deleted
-- conversation's name is never given to another one.
create table colloquy.external_ids (
  user_id         text not null constraint external_ids_user_check check (user_id <> ''),
  external_id     text not null constraint external_ids_length_check check (char_length(external_id) between 1 and 255),
  conversation_id uuid not null,
  created_at      timestamptz not null default now(),
  constraint external_ids_pkey primary key (user_id, external_id)
);
alter table colloquy.external_ids enable row level security;
alter table colloquy.external_ids force row level security;
create policy own on colloquy.external_ids to colloquy_server using (user_id = current_setting('app.user_id', true));
grant select, insert, update, delete on colloquy.external_ids to colloquy_server;

-- What the client calls a message of its own. Versions of a message share it.
alter table colloquy.messages add column client_id text
  constraint messages_client_id_check check (char_length(client_id) between 1 and 255);
create index messages_client on colloquy.messages (user_id, conversation_id, client_id) where client_id is not null;
-- The other versions of a live turn; few turns are ever replaced.
create index turns_replaced on colloquy.turns (user_id, conversation_id, parent_turn) where not live and started_at is not null;

-- The text as a UUID, or null.
create function colloquy.as_uuid_v1(_text text) returns uuid language sql immutable as
$$ select case when _text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then _text::uuid end $$;

-- Which conversation a client means by a name of its own or by our id; null: none yet. It may have been deleted since.
create function colloquy.named_conversation_v1(_user text, _name text) returns uuid language plpgsql as $$
declare _id uuid;
begin
  select conversation_id into _id from colloquy.external_ids where user_id = _user and external_id = _name;
  if not found then
    select id into _id from colloquy.conversations where user_id = _user and id = colloquy.as_uuid_v1(_name);
  end if;
  return _id;
end $$;

-- null: never heard of. {id}: deleted. Else {id, last_turn, head_turn, active_turn, awaiting_turn}.
create function colloquy.find_named_v1(_user text, _name text) returns json language plpgsql as $$
declare _id uuid; _found json;
begin
  perform colloquy.act_as(_user);
  _id := colloquy.named_conversation_v1(_user, _name);
  if _id is null then return null; end if;
  select row_to_json(h) into _found from (
    select c.id, c.last_turn, c.head_turn, c.active_turn, c.awaiting_turn from colloquy.conversations c
     where c.user_id = _user and c.id = _id) h;
  return coalesce(_found, json_build_object('id', _id));
end $$;

-- The turn of the message or answer that a client names (its own id, ours, or the turn's), as it is read now if possible.
create function colloquy.named_turn_v1(_user text, _conversation uuid, _name text) returns uuid language plpgsql as $$
begin
  return (select m.turn_id from colloquy.messages m
           where m.user_id = _user and m.conversation_id = _conversation
             and (m.client_id = _name or m.id = colloquy.as_uuid_v1(_name) or m.turn_id = colloquy.as_uuid_v1(_name))
           order by m.live desc, m.seq desc limit 1);
end $$;

-- What a client shows beside the messages of turns: [{id, conversation_id, turn_no, status, parent_turn, user_message,
-- created_at, usage, error, versions: [id]}], versions in the order they were made; null: none of them.
-- Served by turns_replaced.
create function colloquy.describe_turns_v1(_user text, _turns uuid[]) returns json language plpgsql as $$
begin
  return (select json_agg(h) from (
    select t.id, t.conversation_id, t.turn_no, t.status, t.parent_turn, coalesce(m.client_id, m.id::text) as user_message, t.created_at,
           t.usage, t.error,
           (select json_agg(v.id order by v.turn_no) from (
              select t.id, t.turn_no where t.started_at is not null
              union
              select o.id, o.turn_no from colloquy.turns o
               where o.user_id = _user and o.conversation_id = t.conversation_id and o.started_at is not null
                 and (not o.live or not t.live)
                 and (o.parent_turn = t.parent_turn or (o.parent_turn is null and t.parent_turn is null))) v) as versions
      from colloquy.turns t
      left join colloquy.messages m on m.user_id = _user and m.conversation_id = t.conversation_id and m.seq = 2 * t.turn_no - 1
     where t.user_id = _user and t.id = any (_turns)) h);
end $$;

-- One of them; null: no such turn. describe_turns leaves it to its caller to bind the user, this binds them.
create function colloquy.describe_turn_v1(_user text, _turn uuid) returns json language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  return colloquy.describe_turns_v1(_user, array[_turn]) -> 0;
end $$;

-- What is known of a request in which a client posts all messages it shows: the conversation as find_named_v1 returns it,
-- the turn that `_key` has made, which of `_messages` (the newest) are known and the state of their turns, the turn that
-- follows the message or answer `_after` on the path that is read, and the calls that await approval.
create function colloquy.find_run_v1(_user text, _name text, _key text, _messages text[], _after text) returns json
language plpgsql as $$
declare _named json; _conversation uuid;
begin
  perform colloquy.act_as(_user);
  _named := colloquy.find_named_v1(_user, _name);
  _conversation := (_named ->> 'id')::uuid;
  return json_build_object(
    'conversation', _named,
    'made', (select turn_id from colloquy.idempotency_keys where user_id = _user and key = _key),
    'known', (select coalesce(json_agg(json_build_object('name', n.name, 'turn', t.id, 'status', t.status)), '[]')
                from unnest(_messages) as n (name)
                join colloquy.turns t on t.user_id = _user and t.id = colloquy.named_turn_v1(_user, _conversation, n.name)),
    'next', (select t.id from colloquy.turns t
              where t.user_id = _user and t.conversation_id = _conversation and t.live and t.status <> 'queued'
                and t.parent_turn = colloquy.named_turn_v1(_user, _conversation, _after)),
    'asking', (select coalesce(json_agg(c.id), '[]') from colloquy.tool_calls c
                where c.user_id = _user and c.turn_id = (_named ->> 'awaiting_turn')::uuid and c.status = 'awaiting_approval'));
end $$;
