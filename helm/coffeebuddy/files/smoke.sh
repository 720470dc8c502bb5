#!/bin/sh
# Checks an installed CoffeeBuddy: it serves its API, and no metrics beside it, and refuses requests without a signature or a token.
# With TOKEN (an access token with the scope coffee.service) it also plays a run through the API and cancels it: for
# people in CHANNEL that is one announcement and one cancellation.
#
#   BASE       its address, such as https://coffeebuddy-https, or that of a gateway in front of it
#   WORKER     where BASE is a gateway: a worker's own address, for what the gateway lets nobody see
#   CLIENT     folder with tls.crt and tls.key, where the worker demands a client certificate
#   TOKEN, WORKSPACE, CHANNEL, PERSON
#              the token, and the Slack ids of workspace, channel and who starts the run
set -eu

[ -z "${CLIENT:-}" ] || certificate="--cert $CLIENT/tls.crt --key $CLIENT/tls.key"

# Sends a request; the status is in $status, the body in $body.
send() {
    # shellcheck disable=SC2086 # Two arguments, or none.
    answer=$(curl --silent --show-error --max-time 10 ${certificate:-} --write-out '\n%{http_code}' "$@") || return
    status=$(printf '%s\n' "$answer" | tail -n 1)
    body=$(printf '%s\n' "$answer" | sed '$d')
}

# expect <status> <what> <curl's arguments>
expect() {
    wanted=$1 what=$2
    shift 2
    send "$@" || { echo "FAILED: $what: no answer"; exit 1; }
    if [ "$status" != "$wanted" ]; then
        echo "FAILED: $what: $status instead of $wanted"
        printf '%s\n' "$body"
        exit 1
    fi
    echo "ok: $what"
}

# The text value of a field in $body.
field() {
    printf '%s' "$body" | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"
}

expect 200 "the API's description" "${WORKER:-$BASE}/api/v1/openapi.json"
expect 404 "no metrics on the API's port" "${WORKER:-$BASE}/metrics"
expect 401 "the API without a token" "$BASE/api/v1/runs"
expect 401 "a command without Slack's signature" --data "command=%2Fcoffee" "$BASE/slack/commands"

[ -n "${TOKEN:-}" ] || exit 0

# The token is not an argument, which other processes could read.
as_service() {
    wanted=$1 what=$2
    shift 2
    expect "$wanted" "$what" --config - --header 'Content-Type: application/json' "$@" <<CONFIG
header = "Authorization: Bearer $TOKEN"
CONFIG
}

# 200 instead of 201 would mean that the channel has a run already: it is left alone.
as_service 201 "a new run" --data "{\"workspace_id\":\"$WORKSPACE\",\"channel_id\":\"$CHANNEL\",\"user_id\":\"$PERSON\"}" "$BASE/api/v1/runs"
run=$BASE/api/v1/runs/$(field run_id)
cancel() {
    as_service 200 "its cancellation" --request PATCH --data "{\"user_id\":\"$PERSON\"}" "$run/cancel"
}
trap cancel EXIT
as_service 201 "an order" --data "{\"drink_type\":\"Latte\",\"size\":\"Small\",\"user_id\":\"$PERSON\"}" "$run/orders"
as_service 200 "the run with its order" "$run"
case $body in
*Latte*) ;;
*) echo "FAILED: the run has no order" && exit 1 ;;
esac
trap - EXIT
cancel
