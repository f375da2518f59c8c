-- min_code: 1
--
-- The verdict on a call, as before, with the words that came with it. Why a call was denied is kept as what it came to,
-- {"reason": …}, where all who read calls find it, the model among them; an allowed one comes to something of its own.
create function colloquy.decide_call_v2(_user text, _call uuid, _approved boolean, _reason text, _owner uuid, _window int)
returns json language plpgsql as $$
declare _turn uuid;
begin
  perform colloquy.act_as(_user);
  if not _approved and _reason is not null then
    select turn_id into _turn from colloquy.tool_calls where user_id = _user and id = _call;
    perform colloquy.lock_conversation_of_v1(_user, _turn);
    update colloquy.tool_calls set result = json_build_object('reason', _reason)
     where user_id = _user and id = _call and status = 'awaiting_approval'
       and exists (select from colloquy.turns where user_id = _user and id = _turn and status = 'awaiting_approval');
  end if;
  return colloquy.decide_call_v1(_user, _call, _approved, _owner, _window);
end $$;
