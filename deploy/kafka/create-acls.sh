#!/usr/bin/env bash
# Allows CoffeeBuddy's logins what they need and nothing else, the same as in users.yaml:
#   create-acls.sh kafka:9092 [file for --command-config]
# Needs kafka-acls.sh of Apache Kafka on the PATH. The logins themselves (SCRAM, TLS) are made elsewhere.
set -euo pipefail

servers=${1:?host:port of a broker is missing}
options=(--bootstrap-server "$servers" --add)
[ -z "${2-}" ] || options=(--bootstrap-server "$servers" --command-config "$2" --add)
consumed=(--topic slack.events --topic coffee.orders --topic coffee.assignments --topic coffee.completions)
all=("${consumed[@]}" --topic coffee.deadletter)

allow() {
    local login=$1
    shift
    kafka-acls.sh "${options[@]}" --allow-principal "User:$login" "$@"
}

for login in coffeebuddy-http coffeebuddy-kafka coffeebuddy-timer coffeebuddy-deadletter; do
    allow "$login" "${all[@]}" --operation Write --operation Describe
done

# Committing a position is Read of the group and of the topic.
allow coffeebuddy-kafka "${consumed[@]}" --operation Read --operation Describe
allow coffeebuddy-kafka --group coffeebuddy- --resource-pattern-type prefixed --operation Read

allow coffeebuddy-deadletter --topic coffee.deadletter --operation Read --operation Describe
allow coffeebuddy-deadletter --group coffeebuddy-deadletter-command --operation Read --operation Describe

allow coffeebuddy-keda "${consumed[@]}" --operation Describe
allow coffeebuddy-keda --group coffeebuddy- --resource-pattern-type prefixed --operation Describe
