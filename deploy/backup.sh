#!/usr/bin/env bash
# Writes all of Colloquy's data to one file: deploy/backup.sh FILE [DATABASE_URL]
# The database user must see every row: a superuser, or a role with BYPASSRLS (row-level security applies to owners, too).
# pg_dump must be at least as new as the server. The dump omits text of running turns (turn_deltas): it is regenerated.
set -euo pipefail
file=${1:?Where to: deploy/backup.sh FILE [DATABASE_URL]}
url=${2:-${DATABASE_URL:?}}
umask 077
"${PG_BIN:+$PG_BIN/}pg_dump" --dbname="$url" --format=custom --no-owner \
  --schema=colloquy --schema=auth ${BACKUP_SCHEMAS:-} --no-unlogged-table-data --file="$file"
echo "Written: $file. Keep BETTER_AUTH_SECRET with it: without it, everyone signs in again."
