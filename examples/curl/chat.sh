#!/bin/sh
# A conversation with curl and sed alone: an account, a token, a message, an approval, the tasks.
#
#   sh examples/curl/chat.sh http://127.0.0.1:3000
set -eu
url=${1:-http://127.0.0.1:3000}
email=ada-$$@example.com

# The first value of a name in JSON; enough for what the server sends.
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# 1. An account; its session buys tokens that live 15 minutes.
session=$(curl -sSf "$url/api/auth/sign-up/email" -H 'content-type: application/json' \
  -d "{\"name\":\"Ada\",\"email\":\"$email\",\"password\":\"correct horse battery\"}")
user=$(printf %s "$session" | value id)
token=$(curl -sSf "$url/api/auth/token" -H "authorization: Bearer $(printf %s "$session" | value token)" | value token)

api() { # method path [body]
  curl -sSf -X "$1" "$url/api/$user$2" -H "authorization: Bearer $token" \
    ${3:+-H 'content-type: application/json' -d "$3"}
}

# 2. Say something. With an idempotency key the same request can be sent again until it gets through.
answer=$(curl -sSf --retry 3 --retry-connrefused "$url/api/$user/chat" -H "authorization: Bearer $token" \
  -H 'content-type: application/json' -H "idempotency-key: groceries-$$" \
  -d '{"message":"Add a task to buy groceries"}')
printf '%s\n' "$answer"
conversation=$(printf %s "$answer" | value conversation_id)

# 3. The same as it is made.
curl -sSfN "$url/api/$user/chat" -H "authorization: Bearer $token" -H 'content-type: application/json' \
  -H 'accept: text/event-stream' -d "{\"message\":\"Show my tasks\",\"conversation_id\":\"$conversation\"}"

# 4. Deleting asks first; the question waits in the database, for an answer by button or by word.
asked=$(api POST /chat "{\"message\":\"Delete task 1\",\"conversation_id\":\"$conversation\"}")
turn=$(printf %s "$asked" | value turn_id)
call=$(printf %s "$asked" | sed 's/.*{"id":"\([^"]*\)","name":"delete_task".*/\1/')
api PUT "/tool-calls/$call/approval" '{"approved":true}' > /dev/null

# 5. Follow what comes of it, to its end; then there are no tasks.
curl -sSfN "$url/api/$user/turns/$turn/events" -H "authorization: Bearer $token"
echo "tasks: $(api GET /tasks)"
