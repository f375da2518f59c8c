-- min_code: 1
--
-- A turn is found by its id. The key of the turns' places began with the user as well, so without statistics (a new
-- database, for as long as a connection keeps its plans) the planner used it for `user_id = … and id = …`, and every turn
-- that ended read all turns of its user. It begins with the conversation now, and cannot be used for that.
alter table colloquy.turns
  drop constraint turns_place_key,
  add constraint turns_place_key unique (conversation_id, user_id, turn_no);
