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
