#!/usr/bin/env bash
# Restores a backup into an empty database: deploy/restore.sh FILE [DATABASE_URL]
# The three roles belong to the cluster, not to the database: this script creates the missing ones.
set -euo pipefail
file=${1:?From where: deploy/restore.sh FILE [DATABASE_URL]}
url=${2:-${DATABASE_URL:?}}
"${PG_BIN:+$PG_BIN/}psql" --dbname="$url" --set=ON_ERROR_STOP=1 --quiet <<'SQL'
do $$
declare r text;
begin
  if to_regnamespace('colloquy') is not null then
    raise exception 'This database has a schema colloquy already: restore into an empty one';
  end if;
  foreach r in array array['colloquy_server', 'colloquy_sweeper', 'colloquy_auth'] loop
    if not exists (select from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant %I to current_user', r);
    end if;
  end loop;
end $$;
SQL
"${PG_BIN:+$PG_BIN/}pg_restore" --dbname="$url" --no-owner --single-transaction --exit-on-error "$file"
echo "Restored. Start the server with the same BETTER_AUTH_SECRET; then run: npm run doctor"
