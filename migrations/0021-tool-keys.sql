-- min_code: 1
--
-- Keys of calls that came without a turn, over MCP: in its place is what the call came to, written in the call's own
-- transaction. The same key again is answered with it.
alter table colloquy.idempotency_keys
  alter column turn_id drop not null,
  add column result jsonb,
  add constraint idempotency_keys_outcome_check check ((turn_id is null) <> (result is null));
