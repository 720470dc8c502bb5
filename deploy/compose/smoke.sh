#!/bin/sh
# Waits until the stack is ready, plays the smoke run through Kong, and sees its message in the simulated Slack.
set -eu

wait_for() {
    curl --silent --show-error --output /dev/null --retry 120 --retry-delay 1 --retry-all-errors "$@"
}

cancelled_runs() {
    curl --silent --show-error --fail "https://slack/sim/people/noor/messages?channel=office" | grep -o ':x: Cancelled' | wc -l
}

wait_for --fail "$WORKER:9090/healthz/ready"
# Kong answers 404: it has no such route.
wait_for "$BASE/"

# Not exported in one step: that would succeed whatever the command does.
TOKEN=$(sh /compose/token.sh)
export TOKEN
before=$(cancelled_runs)
sh /test/smoke.sh

attempt=0
until [ "$(cancelled_runs)" -gt "$before" ]; do
    attempt=$((attempt + 1))
    [ "$attempt" -lt 30 ] || { echo "FAILED: its message in the simulated Slack" && exit 1; }
    sleep 1
done
echo "ok: its message in the simulated Slack"
