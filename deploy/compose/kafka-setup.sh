#!/usr/bin/env bash
# Makes the topics, the permissions and the workers' login. It can be repeated.
set -euo pipefail
export PATH=$PATH:/opt/kafka/bin

server=kafka-1:9092
admin=/compose/kafka-admin.properties

# The topics need both brokers.
for attempt in {1..60}; do
    ! /kafka/create-topics.sh "$server" "$admin" || break
    echo "Waiting for the brokers ($attempt)."
    sleep 2
    [ "$attempt" -lt 60 ]
done
/kafka/create-acls.sh "$server" "$admin"

# From a file: arguments can be read by other processes.
(umask 077 && echo "SCRAM-SHA-512=password=$KAFKA_PASSWORD" >/tmp/login.properties)
kafka-configs.sh --bootstrap-server "$server" --command-config "$admin" --alter \
    --entity-type users --entity-name coffeebuddy-kafka --add-config-file /tmp/login.properties
