-- min_code: 1
--
-- What a user thinks of an answer: one word a turn, the last one said, whichever protocol it came by.

create table colloquy.feedback (
  user_id    text not null constraint feedback_user_check check (user_id <> ''),
  turn_id    uuid not null,
  value      text not null constraint feedback_value_check check (value in ('positive', 'negative')),
  comment    text constraint feedback_comment_check check (char_length(comment) between 1 and 2000),
  created_at timestamptz not null default now(),
  constraint feedback_pkey primary key (user_id, turn_id),
  constraint feedback_turn_fkey foreign key (user_id, turn_id) references colloquy.turns (user_id, id) on delete cascade
);
alter table colloquy.feedback enable row level security;
alter table colloquy.feedback force row level security;
create policy own on colloquy.feedback to colloquy_server using (user_id = current_setting('app.user_id', true));
grant select, insert, update, delete on colloquy.feedback to colloquy_server;
