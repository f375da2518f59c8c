-- min_code: 1
--
-- What falls out of the window that a model is given is summed up by a turn of its own, in the background: kind 'summary'.
-- It takes no place (its number is below zero, where no message is), is never live and never starts in the sense of the
-- path (started_at is null), so no version, no list and no queue meets it. Owner, epoch, lease and take-over are those of
-- every turn; a conversation has at most one running beside the one that answers.

alter table colloquy.turns drop constraint turns_kind_check;
alter table colloquy.turns add constraint turns_kind_check check (kind in ('chat', 'reminder', 'summary'));
alter table colloquy.turns add constraint turns_summary_check check (
  case when kind = 'summary' then turn_no < 0 and not live and started_at is null else turn_no > 0 end);
drop index colloquy.turns_running_key;
create unique index turns_running_key on colloquy.turns (user_id, conversation_id, (kind = 'summary'))
  where status = 'running';

-- Versions of a conversation's summary. One holds for the path on which the turn it ends with is live: a turn is live with
-- all that came before it. An edit or a switch that takes that turn away takes the summary with it, and brings it back.
create table colloquy.summaries (
  user_id         text not null constraint summaries_user_check check (user_id <> ''),
  conversation_id uuid not null,
  number          int not null, -- of the turn that made it, without its sign
  covers_until    int not null, -- the last place it speaks of
  last_turn       uuid not null, -- whose place that is
  content         text not null,
  model           text not null,
  usage           jsonb not null,
  created_at      timestamptz not null default now(),
  constraint summaries_pkey primary key (user_id, conversation_id, number),
  constraint summaries_conversation_fkey foreign key (user_id, conversation_id)
    references colloquy.conversations (user_id, id) on delete cascade
);
create index summaries_coverage on colloquy.summaries (user_id, conversation_id, covers_until desc, number desc);
alter table colloquy.summaries enable row level security;
alter table colloquy.summaries force row level security;
create policy own on colloquy.summaries to colloquy_server using (user_id = current_setting('app.user_id', true));
grant select, insert, update, delete on colloquy.summaries to colloquy_server;

-- The summary that holds on the path as it is read now and reaches farthest; null: none. Served by summaries_coverage.
create function colloquy.find_summary_v1(_user text, _conversation uuid) returns json language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  return (select row_to_json(h) from (
    select s.covers_until, s.content from colloquy.summaries s
     where s.user_id = _user and s.conversation_id = _conversation
       and exists (select from colloquy.turns t where t.user_id = _user and t.id = s.last_turn and t.live)
     order by s.covers_until desc, s.number desc limit 1) h);
end $$;

-- A summary's turn as its owner takes it up: what the one before says, and the oldest `_limit` live messages behind it up
-- to the place that was fixed when it began. All in one statement, so that both are of one path.
create function colloquy.summary_work_v1(_user text, _turn uuid, _limit int) returns json language plpgsql as $$
begin
  return (with turn as (
    select t.*, (t.context ->> 'summary_until')::int as until from colloquy.turns t where t.user_id = _user and t.id = _turn
  ), previous as (
    select s.covers_until, s.content from colloquy.summaries s
     where s.user_id = _user and s.conversation_id = (select conversation_id from turn)
       and exists (select from colloquy.turns t where t.user_id = _user and t.id = s.last_turn and t.live)
     order by s.covers_until desc, s.number desc limit 1
  ), fallen as (
    select m.seq, m.turn_id, m.role, m.status, m.content, m.parts,
           case when m.parts is not null then colloquy.calls_of_v1(_user, m.turn_id) end as calls
      from colloquy.messages m
     where m.user_id = _user and m.conversation_id = (select conversation_id from turn) and m.live
       and m.seq > coalesce((select covers_until from previous), 0) and m.seq <= (select until from turn)
     order by m.seq limit _limit
  ) select row_to_json(h) from (
    select t.user_id, t.id, t.conversation_id, t.epoch, t.attempts, t.context,
           t.cancel_requested_at is not null as cancel_requested,
           (extract(epoch from clock_timestamp() - t.created_at) * 1000)::bigint as age_ms, t.created_at, t.until,
           (select row_to_json(p) from previous p) as previous,
           (select coalesce(json_agg(f order by f.seq), '[]') from fallen f) as messages
      from turn t) h);
end $$;

-- Begins one that covers what lies up to the place `_until`, as `_owner`'s; null when one is under way, when fewer than
-- `_least` messages are to be taken in, or when one has failed a moment ago. The conversation is held against its deletion
-- alone. Two that begin one at once find each other by turns_running_key.
create function colloquy.start_summary_v1(
  _user text, _conversation uuid, _turn uuid, _owner uuid, _context jsonb, _until int, _least int, _limit int
) returns json language plpgsql as $$
declare _covered int; _fallen int; _no int;
begin
  perform colloquy.act_as(_user);
  perform from colloquy.conversations where user_id = _user and id = _conversation for key share;
  if not found then return null; end if;
  perform from colloquy.turns
    where user_id = _user and conversation_id = _conversation and turn_no < 0
      and (status = 'running' or status = 'failed' and finished_at > now() - interval '1 minute');
  if found then return null; end if;
  select coalesce(max(s.covers_until), 0) into _covered from colloquy.summaries s
   where s.user_id = _user and s.conversation_id = _conversation
     and exists (select from colloquy.turns t where t.user_id = _user and t.id = s.last_turn and t.live);
  select count(*) into _fallen from (
    select from colloquy.messages m
     where m.user_id = _user and m.conversation_id = _conversation and m.live and m.seq > _covered and m.seq <= _until
     limit _least) f;
  if _fallen < _least then return null; end if;

  select least(min(turn_no), 0) - 1 into _no from colloquy.turns where user_id = _user and conversation_id = _conversation;
  insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, kind, owner, context)
  values (_user, _turn, _conversation, _no, false, 'running', 'summary', _owner,
          _context || jsonb_build_object('summary_until', _until))
  on conflict do nothing;
  if not found then return null; end if;
  return colloquy.summary_work_v1(_user, _turn, _limit);
end $$;

-- A claimed one, read under its user by the instance that claimed it; null when it has lost it again.
create function colloquy.take_up_summary_v1(_user text, _turn uuid, _owner uuid, _limit int) returns json
language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  perform from colloquy.turns
    where user_id = _user and id = _turn and owner = _owner and status = 'running' and kind = 'summary';
  if not found then return null; end if;
  return colloquy.summary_work_v1(_user, _turn, _limit);
end $$;

-- One commit that ends it: the summary when there is one (_content not null), the turn, and what it used, which is the
-- user's like any other. False when the turn is no longer the caller's or its conversation is gone.
create function colloquy.finish_summary_v1(
  _user text, _conversation uuid, _turn uuid, _owner uuid, _epoch int, _status text, _content text, _covers_until int,
  _last_turn uuid, _model text, _usage jsonb, _error jsonb
) returns boolean language plpgsql as $$
declare _no int;
begin
  perform colloquy.act_as(_user);
  perform from colloquy.conversations where user_id = _user and id = _conversation for key share;
  update colloquy.turns
     set status = _status, usage = _usage, error = _error, progress = progress + 1, finished_at = now()
   where user_id = _user and id = _turn and owner = _owner and epoch = _epoch and status = 'running' and kind = 'summary'
  returning turn_no into _no;
  if not found then return false; end if;
  if _content is not null then
    insert into colloquy.summaries (user_id, conversation_id, number, covers_until, last_turn, content, model, usage)
    values (_user, _conversation, -_no, _covers_until, _last_turn, _content, _model, _usage);
    perform colloquy.add_usage_v1(_user, _model, 0, null, _usage);
  end if;
  return true;
end $$;

-- Takes over running turns whose owner is gone, as before, summaries among them: `kind` says how each is taken up.
create function colloquy.claim_turns_v2(
  _instance uuid, _held uuid[], _orphan_seconds float8, _limit int, _summaries boolean default true
) returns table (user_id text, id uuid, kind text) language plpgsql as $$
#variable_conflict use_column
declare o record;
begin
  set local role colloquy_sweeper;
  set local lock_timeout = '300ms';
  for o in
    select t.user_id, t.id from colloquy.turns t
     where t.status = 'running' and (_summaries or t.kind <> 'summary')
       and case when t.owner = _instance
           then t.id <> all (_held)
            and coalesce(t.started_at, t.created_at) < now() - make_interval(secs => _orphan_seconds)
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
           then t.id <> all (_held)
            and coalesce(t.started_at, t.created_at) < now() - make_interval(secs => _orphan_seconds)
           else not exists (select from colloquy.instances i where i.id = t.owner and i.lease_until > now()) end
    returning t.user_id, t.id, t.kind;
  end loop;
end $$;

-- The release before calls this during a rollout: it would answer a summary's turn as a message. Such a turn waits for
-- the next beat of an instance that knows it.
create or replace function colloquy.claim_turns_v1(_instance uuid, _held uuid[], _orphan_seconds float8, _limit int)
returns table (user_id text, id uuid) language plpgsql as $$
begin
  set local role colloquy_sweeper;
  return query select c.user_id, c.id from colloquy.claim_turns_v2(_instance, _held, _orphan_seconds, _limit, false) c;
end $$;
