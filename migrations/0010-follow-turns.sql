-- min_code: 1

-- A turn as anyone may look at it: its state, what was written down, and what its present owner has let out since. All in
-- one statement, so the parts and the deltas are of the same moment. null: no such turn.
create function colloquy.read_turn_v1(_user text, _turn uuid) returns json language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  return (select row_to_json(h) from (
    select t.user_id, t.id, t.conversation_id, t.turn_no, t.parent_turn, t.live, t.status, t.epoch, t.progress, t.parts,
           t.usage, t.error, t.created_at, t.started_at, t.finished_at,
           (select json_agg(c order by c.step, c.position) from colloquy.tool_calls c
             where c.user_id = _user and c.turn_id = t.id) as calls,
           (select row_to_json(m) from colloquy.messages m
             where m.user_id = _user and m.conversation_id = t.conversation_id and m.seq = 2 * t.turn_no) as answer,
           (select json_agg(d order by d.seq) from colloquy.turn_deltas d
             where d.user_id = _user and d.turn_id = t.id and d.epoch = t.epoch) as deltas
      from colloquy.turns t where t.user_id = _user and t.id = _turn) h);
end $$;

-- What the last owner that said something had let out; null: nothing. For a turn that is cancelled after it was taken over.
create function colloquy.last_deltas_v1(_user text, _turn uuid) returns json language plpgsql as $$
begin
  perform colloquy.act_as(_user);
  return (select json_agg(d order by d.seq) from colloquy.turn_deltas d
           where d.user_id = _user and d.turn_id = _turn
             and d.epoch = (select max(e.epoch) from colloquy.turn_deltas e where e.user_id = _user and e.turn_id = _turn));
end $$;

-- News of all the turns an instance follows for others: [{user_id, id, epoch, seq}] in, for each turn still there its
-- state and the deltas behind `seq` out. One statement for all followers of an instance.
create function colloquy.follow_turns_v1(_follows json) returns json language plpgsql as $$
begin
  set local role colloquy_sweeper;
  return (select coalesce(json_agg(h), '[]') from (
    select t.id, t.status, t.epoch, t.progress,
           (select json_agg(d order by d.seq) from colloquy.turn_deltas d
             where d.user_id = t.user_id and d.turn_id = t.id and d.epoch = t.epoch
               and (t.epoch <> f.epoch or d.seq > f.seq)) as deltas
      from json_to_recordset(_follows) as f (user_id text, id uuid, epoch int, seq int)
      join colloquy.turns t on t.user_id = f.user_id and t.id = f.id) h);
end $$;

-- What an instance's running turns have said since the last flush: [{user_id, turn_id, epoch, seq, step, part, kind, delta}].
-- Unfenced: readers take only the turn's present epoch. Row by row, since a distributed Postgres under row-level security
-- takes no insert from a set.
create function colloquy.flush_deltas_v1(_deltas json) returns void language plpgsql as $$
declare d record;
begin
  set local role colloquy_sweeper;
  for d in select * from json_to_recordset(_deltas)
             as r (user_id text, turn_id uuid, epoch int, seq int, step int, part int, kind text, delta text) loop
    insert into colloquy.turn_deltas (user_id, turn_id, epoch, seq, step, part, kind, delta)
    values (d.user_id, d.turn_id, d.epoch, d.seq, d.step, d.part, d.kind, d.delta)
    on conflict (user_id, turn_id, epoch, seq) do nothing; -- flushed already, and the answer was lost
  end loop;
end $$;

-- Deltas are read for a while after their turn has ended, then they are nothing but space.
create function colloquy.forget_deltas_v1(_after_seconds float8, _limit int) returns void language plpgsql as $$
begin
  set local role colloquy_sweeper;
  delete from colloquy.turn_deltas d
   where (d.user_id, d.turn_id, d.epoch, d.seq) in (
     select o.user_id, o.turn_id, o.epoch, o.seq from colloquy.turn_deltas o
      where o.created_at < now() - make_interval(secs => _after_seconds)
        and not exists (select from colloquy.turns t
                         where t.user_id = o.user_id and t.id = o.turn_id and t.status = 'running' and t.epoch = o.epoch)
      limit _limit);
end $$;
