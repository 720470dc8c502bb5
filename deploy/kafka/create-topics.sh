#!/usr/bin/env bash
# Creates CoffeeBuddy's topics where no Strimzi does it, the same as in topics.yaml:
#   create-topics.sh kafka:9092 [file for --command-config]
# Needs kafka-topics.sh of Apache Kafka on the PATH. A topic that exists is left as it is.
set -euo pipefail

servers=${1:?host:port of a broker is missing}
options=(--bootstrap-server "$servers")
[ -z "${2-}" ] || options+=(--command-config "$2")

day=86400000
create() {
    local topic=$1 partitions=$2 retention_days=$3
    kafka-topics.sh "${options[@]}" --create --if-not-exists --topic "$topic" \
        --partitions "$partitions" --replication-factor 2 \
        --config min.insync.replicas=1 \
        --config unclean.leader.election.enable=false \
        --config cleanup.policy=delete \
        --config retention.ms=$((retention_days * day)) \
        --config segment.ms=$day \
        --config max.message.bytes=1048588
}

create slack.events 12 7
create coffee.orders 12 7
create coffee.assignments 12 7
create coffee.completions 12 7
create coffee.deadletter 3 30
