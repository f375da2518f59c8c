-- min_code: 1
--
-- Tenant-first: every user-owned table starts its key with user_id and every foreign key carries it, so a row cannot
-- be attached to another user's row, one user's rows lie together, and the schema shards by user unchanged.
--
--   conversations     a user's thread; its row is the lock under which turns start, queue and end
--   turns             one user message and everything until its answer is stored
--   messages          turn n owns two places: the user's at 2n-1, the assistant's at 2n
--   tool_calls        decisions of the model, written down before they are carried out
--   idempotency_keys  which turn a client's key made; outlives the turn
--   turn_deltas       text in the making, for followers on other instances; unlogged, losing it loses nothing
--   tasks             the task assistant's own; numbered per user from task_counters
--   instances         running processes and how long each may be trusted to be alive
--
-- Three roles, none of which owns anything: colloquy_server sees the rows of one user, bound by act_as;
-- colloquy_sweeper works across users, on turns, turn_deltas and instances alone; colloquy_auth has the schema auth.

do $$
declare r text;
begin
  foreach r in array array['colloquy_server', 'colloquy_sweeper', 'colloquy_auth'] loop
    begin
      if not exists (select from pg_roles where rolname = r) then
        execute format('create role %I nologin', r);
      end if;
    exception when duplicate_object or unique_violation then null; -- another database of this cluster was faster
    end;
    if not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant %I to current_user', r);
    end if;
  end loop;
end $$;

grant usage on schema colloquy to colloquy_server, colloquy_sweeper;

create table colloquy.conversations (
  user_id       text not null constraint conversations_user_check check (user_id <> ''),
  id            uuid not null,
  title         text not null,
  last_turn     int not null default 0,
  head_turn     uuid,
  active_turn   uuid,
  awaiting_turn uuid,
  archived_at   timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint conversations_pkey primary key (user_id, id),
  -- A turn that awaits approval leaves the conversation free, and whatever starts next settles it.
  constraint conversations_one_turn_check check (active_turn is null or awaiting_turn is null)
);
create index conversations_activity on colloquy.conversations (user_id, updated_at desc, id desc);

create table colloquy.turns (
  user_id             text not null constraint turns_user_check check (user_id <> ''),
  id                  uuid not null,
  conversation_id     uuid not null,
  turn_no             int not null,
  parent_turn         uuid,
  live                boolean not null,
  status              text not null constraint turns_status_check check (status in
                        ('queued', 'running', 'awaiting_approval', 'completed', 'failed', 'cancelled')),
  owner               uuid,
  epoch               int not null default 1,
  attempts            int not null default 0,
  progress            int not null default 0,
  cancel_requested_at timestamptz,
  context             jsonb not null,
  parts               jsonb,
  usage               jsonb,
  error               jsonb,
  created_at          timestamptz not null default now(),
  started_at          timestamptz,
  finished_at         timestamptz,
  constraint turns_pkey primary key (user_id, id),
  constraint turns_place_key unique (user_id, conversation_id, turn_no),
  constraint turns_conversation_fkey foreign key (user_id, conversation_id)
    references colloquy.conversations (user_id, id) on delete cascade
);
create unique index turns_running_key on colloquy.turns (user_id, conversation_id) where status = 'running';
create index turns_queued on colloquy.turns (user_id, conversation_id, turn_no) where status = 'queued';

create table colloquy.messages (
  user_id         text not null constraint messages_user_check check (user_id <> ''),
  conversation_id uuid not null,
  seq             int not null,
  id              uuid not null,
  turn_id         uuid not null,
  role            text not null constraint messages_role_check check (role in ('user', 'assistant')),
  status          text constraint messages_status_check check (status in
                    ('awaiting_approval', 'completed', 'failed', 'cancelled')),
  content         text not null,
  parts           jsonb, -- null: the content is all there is
  live            boolean not null,
  created_at      timestamptz not null default now(),
  constraint messages_pkey primary key (user_id, conversation_id, seq),
  constraint messages_conversation_fkey foreign key (user_id, conversation_id)
    references colloquy.conversations (user_id, id) on delete cascade
);
create index messages_live on colloquy.messages (user_id, conversation_id, seq) where live;

create table colloquy.tool_calls (
  user_id          text not null constraint tool_calls_user_check check (user_id <> ''),
  turn_id          uuid not null,
  step             int not null,
  position         int not null,
  id               uuid not null,
  provider_call_id text not null,
  name             text not null,
  arguments        jsonb not null,
  result           jsonb,
  status           text not null constraint tool_calls_status_check check (status in ('pending', 'started',
                     'completed', 'failed', 'unknown', 'awaiting_approval', 'approved', 'denied', 'dropped')),
  effect           text not null constraint tool_calls_effect_check check (effect in ('none', 'transaction', 'external')),
  continues        uuid, -- the call of an earlier turn that a message approved and this one carries out
  started_at       timestamptz,
  finished_at      timestamptz,
  constraint tool_calls_pkey primary key (user_id, turn_id, step, position),
  constraint tool_calls_id_key unique (user_id, id),
  constraint tool_calls_turn_fkey foreign key (user_id, turn_id) references colloquy.turns (user_id, id) on delete cascade
);

create table colloquy.idempotency_keys (
  user_id      text not null constraint idempotency_keys_user_check check (user_id <> ''),
  key          text not null,
  turn_id      uuid not null,
  request_hash text not null,
  created_at   timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (user_id, key)
);

create unlogged table colloquy.turn_deltas (
  user_id text not null constraint turn_deltas_user_check check (user_id <> ''),
  turn_id uuid not null,
  epoch   int not null,
  seq     int not null,
  step    int not null,
  part    int not null,
  kind    text not null constraint turn_deltas_kind_check check (kind in ('text', 'reasoning')),
  delta   text not null,
  created_at timestamptz not null default now(),
  constraint turn_deltas_pkey primary key (user_id, turn_id, epoch, seq)
);

create table colloquy.task_counters (
  user_id      text not null constraint task_counters_user_check check (user_id <> ''),
  last_task_id int not null,
  constraint task_counters_pkey primary key (user_id)
);

create table colloquy.tasks (
  user_id      text not null constraint tasks_user_check check (user_id <> ''),
  id           int not null,
  title        text not null constraint tasks_title_check check (char_length(title) between 1 and 200),
  description  text constraint tasks_description_check check (char_length(description) <= 1000),
  priority     text not null default 'medium' constraint tasks_priority_check check (priority in ('low', 'medium', 'high')),
  tags         text[] not null default '{}' constraint tasks_tags_check check (cardinality(tags) <= 10),
  due_date     timestamptz,
  recurrence   text constraint tasks_recurrence_check check (recurrence in ('daily', 'weekly', 'monthly')),
  anchor_day   int, -- the day of the month a monthly task was first due: 31 January is 28 February, then 31 March again
  time_zone    text not null default 'UTC', -- where the due date was meant; the wall clock of the next one
  next_task_id int, -- what completing made, so that it is made once
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  completed_at timestamptz,
  constraint tasks_pkey primary key (user_id, id),
  constraint tasks_recurrence_due_check check (recurrence is null or due_date is not null)
);

create table colloquy.instances (
  id          uuid not null constraint instances_pkey primary key,
  lease_until timestamptz not null
);

-- Binds the rest of the transaction to one user, under the role that owns nothing. `set local` as a statement, since
-- set_config does not reach the workers of a distributed Postgres. A process that stops inside a transaction loses it
-- before its lease ends (3 s), so it cannot keep a row from whoever takes over. Between the messages of one statement a
-- session does not count as idle; there Postgres 17 and later end the transaction by its age.
create function colloquy.act_as(_user text) returns void language plpgsql as $$
begin
  execute format('set local app.user_id = %L', _user);
  set local role colloquy_server;
  set local idle_in_transaction_session_timeout = '2s';
  if current_setting('server_version_num')::int >= 170000 then
    set local transaction_timeout = '10s';
  end if;
end $$;

do $$
declare t text;
begin
  foreach t in array array['conversations', 'turns', 'messages', 'tool_calls', 'idempotency_keys', 'turn_deltas',
                           'task_counters', 'tasks'] loop
    execute format('alter table colloquy.%I enable row level security', t);
    execute format('alter table colloquy.%I force row level security', t);
    execute format('create policy own on colloquy.%I to colloquy_server using (user_id = current_setting(''app.user_id'', true))', t);
    execute format('grant select, insert, update, delete on colloquy.%I to colloquy_server', t);
  end loop;
  foreach t in array array['turns', 'turn_deltas'] loop
    execute format('create policy sweep on colloquy.%I to colloquy_sweeper using (true) with check (true)', t);
  end loop;
end $$;
grant select, update on colloquy.turns to colloquy_sweeper;
grant select, insert, delete on colloquy.turn_deltas to colloquy_sweeper;
grant select, insert, update, delete on colloquy.instances to colloquy_sweeper;
