-- min_code: 1
--
-- Reminders come due by the database's clock and become turns without a message: they take a place 2n and leave 2n-1
-- empty. Their words are composed without a model, from what the task was when it was looked at, and stored in the commit
-- that fires them, so that nothing is left to be done by a process that may die. In a busy conversation such a turn
-- queues like any other and is told when its turn comes.
--
-- conversation_id is no foreign key: the check of one would take the conversation's lock in the middle of a tool's
-- transaction, which holds the turn's, against the order in which all take them. One that is gone when the reminder comes
-- due is replaced. The order goes on: conversation, turn, tool call, counter, task, reminder, changes.

create table colloquy.reminders (
  user_id         text not null constraint reminders_user_check check (user_id <> ''),
  id              uuid not null,
  task_id         int not null,
  conversation_id uuid, -- where it was asked for; null: nowhere in particular
  minutes_before  int constraint reminders_minutes_check check (minutes_before >= 0), -- null: not tied to the due date
  remind_at       timestamptz not null,
  time_zone       text, -- as it was when asked for; what the user settled goes before
  locale          text,
  status          text not null default 'scheduled' constraint reminders_status_check check (status in
                    ('scheduled', 'fired', 'cancelled')),
  late            boolean not null default false,
  fired_at        timestamptz,
  turn_id         uuid, -- what told it
  created_at      timestamptz not null default now(),
  constraint reminders_pkey primary key (user_id, id),
  constraint reminders_task_fkey foreign key (user_id, task_id)
    references colloquy.tasks (user_id, id) on delete cascade
);
create index reminders_due on colloquy.reminders (remind_at) where status = 'scheduled';
create index reminders_of_task on colloquy.reminders (user_id, task_id);
create index reminders_in_time on colloquy.reminders (user_id, status, remind_at, id);

-- Counts the changes that leave no other trace an index could find: of tasks, and conversations that were deleted. What
-- streams of a user's events compare.
create table colloquy.user_changes (
  user_id               text not null constraint user_changes_user_check check (user_id <> ''),
  tasks                 bigint not null default 0,
  deleted_conversations bigint not null default 0,
  constraint user_changes_pkey primary key (user_id)
);

do $$
declare t text;
begin
  foreach t in array array['reminders', 'user_changes'] loop
    execute format('alter table colloquy.%I enable row level security', t);
    execute format('alter table colloquy.%I force row level security', t);
    execute format('create policy own on colloquy.%I to colloquy_server using (user_id = current_setting(''app.user_id'', true))', t);
    execute format('grant select, insert, update, delete on colloquy.%I to colloquy_server', t);
  end loop;
  -- The sweeper reads when, and never what: of conversations no title.
  foreach t in array array['reminders', 'user_changes', 'conversations'] loop
    execute format('create policy sweep on colloquy.%I for select to colloquy_sweeper using (true)', t);
  end loop;
end $$;
grant select on colloquy.reminders, colloquy.user_changes to colloquy_sweeper;
grant select (user_id, id, active_turn, updated_at) on colloquy.conversations to colloquy_sweeper;

-- Whose reminders are due, the longest waiting first. Served by reminders_due.
create function colloquy.due_reminders_v1(_limit int) returns table (user_id text, id uuid) language plpgsql as $$
#variable_conflict use_column
begin
  set local role colloquy_sweeper;
  return query select r.user_id, r.id from colloquy.reminders r
    where r.status = 'scheduled' and r.remind_at <= now() order by r.remind_at limit _limit;
end $$;

-- What a due reminder is about, for its words; null when it is not due any more. `seen` is how the task was.
create function colloquy.due_reminder_v1(_user text, _reminder uuid, _late_seconds float8) returns json
language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  return (select row_to_json(h) from (
    select t.id as task_id, t.title, t.due_date, t.updated_at as seen, r.remind_at, now() as now,
           r.remind_at < now() - make_interval(secs => _late_seconds) as late,
           coalesce((select s.time_zone from colloquy.user_settings s where s.user_id = _user), r.time_zone, t.time_zone) as time_zone,
           coalesce((select s.locale from colloquy.user_settings s where s.user_id = _user), r.locale, 'en') as locale
      from colloquy.reminders r join colloquy.tasks t on t.user_id = _user and t.id = r.task_id
     where r.user_id = _user and r.id = _reminder and r.status = 'scheduled' and r.remind_at <= now()) h);
end $$;

-- Where reminders are told that were asked for nowhere, or in a conversation that is gone: one a user, made when first
-- needed, its id derived so that two that make it at once make the same (RFC 9562, version 8). Locks it.
create function colloquy.lock_reminders_conversation_v1(_user text) returns uuid language plpgsql as $$
declare _id uuid := overlay(overlay(md5('reminders of ' || _user) placing '8' from 13) placing '8' from 17)::uuid;
begin
  insert into colloquy.conversations as c (user_id, id, title) values (_user, _id, 'Reminders')
  on conflict (user_id, id) do update set last_turn = c.last_turn;
  return _id;
end $$;

-- Puts what a reminder says in its place and ends its turn. It settles nothing: a question that awaits its answer still
-- does. The caller holds the conversation. Step 0: no model said it.
create function colloquy.tell_reminder_v1(_user text, _conversation uuid, _turn uuid) returns void language plpgsql as $$
declare t record;
begin
  select turn_no, context ->> 'reminder' as words into t from colloquy.turns where user_id = _user and id = _turn;
  if not found then return; end if;
  insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, status, content, parts, live)
  values (_user, _conversation, 2 * t.turn_no, gen_random_uuid(), _turn, 'assistant', 'completed', t.words,
          jsonb_build_array(jsonb_build_object('type', 'text', 'step', 0, 'text', t.words)), true);
  update colloquy.turns
     set status = 'completed', live = true, progress = progress + 1, started_at = now(), finished_at = now(),
         parent_turn = (select c.head_turn from colloquy.conversations c where c.user_id = _user and c.id = _conversation)
   where user_id = _user and id = _turn;
  update colloquy.conversations set head_turn = _turn, archived_at = null, updated_at = now()
   where user_id = _user and id = _conversation;
end $$;

-- Fires a reminder, once: everything is decided under the locks and conditional on its still being scheduled, in one
-- commit. Its words were composed of the task as it was `_seen`; when that has changed they are composed anew. A completed
-- task is not told of, and a reminder tied to a due date goes where the date went.
--
-- Returns {outcome: told | queued | cancelled | moved | changed | gone, conversation_id?, turn_id?}.
create function colloquy.fire_reminder_v1(
  _user text, _reminder uuid, _seen timestamptz, _late boolean, _context jsonb, _turn uuid
) returns json language plpgsql as $$
declare r record; t record; c record; _conversation uuid; _at timestamptz;
begin
  perform colloquy.act_as(_user);
  select conversation_id into _conversation from colloquy.reminders where user_id = _user and id = _reminder;
  if not found then return json_build_object('outcome', 'gone'); end if;
  perform from colloquy.conversations where user_id = _user and id = _conversation for update;
  if not found then
    -- None is made for a reminder that will not be told: looked at before the locks, so only to spare the conversation.
    perform from colloquy.reminders m join colloquy.tasks k on k.user_id = _user and k.id = m.task_id
      where m.user_id = _user and m.id = _reminder and m.status = 'scheduled' and k.completed_at is null
        and (m.minutes_before is null or k.due_date <= now() + make_interval(mins => m.minutes_before));
    _conversation := case when found then colloquy.lock_reminders_conversation_v1(_user) end;
  end if;
  select last_turn, active_turn into c from colloquy.conversations where user_id = _user and id = _conversation;

  select k.due_date, k.completed_at, k.updated_at into t
    from colloquy.reminders m join colloquy.tasks k on k.user_id = _user and k.id = m.task_id
   where m.user_id = _user and m.id = _reminder for share of k;
  select minutes_before, status into r from colloquy.reminders where user_id = _user and id = _reminder for update;
  if not found or r.status <> 'scheduled' then return json_build_object('outcome', 'gone'); end if;
  _at := t.due_date - make_interval(mins => r.minutes_before);
  if t.completed_at is not null or (r.minutes_before is not null and _at is null) then
    update colloquy.reminders set status = 'cancelled' where user_id = _user and id = _reminder;
    return json_build_object('outcome', 'cancelled');
  end if;
  if _at > now() then
    update colloquy.reminders set remind_at = _at where user_id = _user and id = _reminder;
    return json_build_object('outcome', 'moved');
  end if;
  if t.updated_at <> _seen or _conversation is null then return json_build_object('outcome', 'changed'); end if;

  update colloquy.reminders set status = 'fired', fired_at = now(), late = _late, turn_id = _turn
   where user_id = _user and id = _reminder;
  update colloquy.conversations set last_turn = c.last_turn + 1, updated_at = now(), archived_at = null
   where user_id = _user and id = _conversation;
  insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, kind, context)
  values (_user, _turn, _conversation, c.last_turn + 1, false, 'queued', 'reminder', _context);
  if c.active_turn is null then perform colloquy.tell_reminder_v1(_user, _conversation, _turn); end if;
  return json_build_object('outcome', case when c.active_turn is null then 'told' else 'queued' end,
    'conversation_id', _conversation, 'turn_id', _turn);
end $$;

-- The next queued turn of a free conversation, as before; reminders that wait before it are told on the way.
create function colloquy.start_next_v2(_user text, _conversation uuid, _owner uuid, _window int) returns json
language plpgsql as $$
declare n record; c record;
begin
  loop
    select id, turn_no, kind into n from colloquy.turns
     where user_id = _user and conversation_id = _conversation and status = 'queued' order by turn_no limit 1;
    if not found then return null; end if;
    exit when n.kind <> 'reminder';
    perform colloquy.tell_reminder_v1(_user, _conversation, n.id);
  end loop;
  select awaiting_turn, head_turn into c from colloquy.conversations where user_id = _user and id = _conversation;
  if c.awaiting_turn is not null then perform colloquy.settle_awaiting_v1(_user, c.awaiting_turn, 'dropped'); end if;
  update colloquy.conversations set active_turn = n.id, head_turn = n.id, awaiting_turn = null
   where user_id = _user and id = _conversation;
  update colloquy.turns
     set status = 'running', owner = _owner, epoch = epoch + 1, progress = progress + 1, parent_turn = c.head_turn,
         live = true, started_at = now()
   where user_id = _user and id = n.id;
  update colloquy.messages set live = true
   where user_id = _user and conversation_id = _conversation and seq = 2 * n.turn_no - 1;
  return colloquy.owned_turn_v1(_user, n.id, _window);
end $$;

-- The release before calls this from finish_turn_v1, beside this one during a rollout; it must not take a reminder for a
-- message to be answered.
create or replace function colloquy.start_next_v1(_user text, _conversation uuid, _owner uuid, _window int) returns json
language plpgsql as $$
begin
  return colloquy.start_next_v2(_user, _conversation, _owner, _window);
end $$;

-- What has become of the users whose events are followed somewhere on an instance: their counts, their running turns, and
-- their conversations that changed since the last look (null: the first look, which only says how things are). `_since`
-- lies before that look by more than a transaction lasts: a change shows when it commits and bears the time it began.
-- Served by conversations_activity and turns_running_key.
create function colloquy.user_news_v1(_users text[], _since timestamptz) returns json language plpgsql as $$
declare _counts json; _running json; _changed json;
begin
  set local role colloquy_sweeper;
  select json_agg(h) into _counts from (
    select v.user_id, v.tasks, v.deleted_conversations from colloquy.user_changes v where v.user_id = any (_users)) h;
  select json_agg(h) into _running from (
    select t.user_id, t.conversation_id, t.id as turn_id from colloquy.turns t
     where t.user_id = any (_users) and t.status = 'running' and t.kind = 'chat') h;
  select json_agg(h) into _changed from (
    select c.user_id, c.id as conversation_id, c.active_turn as turn_id, c.updated_at from colloquy.conversations c
     where c.user_id = any (_users) and c.updated_at > _since order by c.updated_at desc limit 10000) h;
  return json_build_object('now', now(), 'counts', coalesce(_counts, '[]'), 'running', coalesce(_running, '[]'),
    'changed', coalesce(_changed, '[]'));
end $$;
