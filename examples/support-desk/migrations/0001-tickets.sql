-- The desk's own tables. Every key begins with user_id, and so does every foreign key; own_table then puts up the walls:
-- the tools see the rows of one user, export and erase include them.

create schema support;

create table support.ticket_counters (
  user_id     text not null,
  last_ticket int not null,
  primary key (user_id)
);

create table support.tickets (
  user_id    text not null,
  number     int not null,
  subject    text not null check (char_length(subject) between 1 and 200),
  status     text not null default 'open' check (status in ('open', 'closed')),
  created_at timestamptz not null default now(),
  primary key (user_id, number)
);

create table support.replies (
  user_id    text not null,
  ticket     int not null,
  position   int not null,
  body       text not null check (char_length(body) between 1 and 5000),
  created_at timestamptz not null default now(),
  primary key (user_id, ticket, position),
  foreign key (user_id, ticket) references support.tickets (user_id, number) on delete cascade
);

select colloquy.own_table('support.ticket_counters'),
       colloquy.own_table('support.tickets'),
       colloquy.own_table('support.replies');
