#!/bin/sh
# Writes the workers' secrets into Vault, and starts an agent that may read only these and writes them into files.
set -eu

attempt=0
until vault status >/dev/null 2>&1; do
    attempt=$((attempt + 1))
    [ "$attempt" -lt 60 ] || { echo "Vault does not answer." && exit 1; }
    sleep 1
done

database="Host=postgresql;Database=coffeebuddy;SSL Mode=VerifyFull"
# On stdin: arguments can be read by other processes.
vault kv put -mount=secret coffeebuddy - >/dev/null <<SECRETS
{
  "ConnectionStrings__CoffeeBuddy": "$database;Username=coffeebuddy_worker;Password=$WORKER_PASSWORD",
  "ConnectionStrings__Migration": "$database;Username=coffeebuddy_owner;Password=$OWNER_PASSWORD",
  "Kafka__Password": "$KAFKA_PASSWORD",
  "Kafka__RecordKey": "$KAFKA_RECORD_KEY",
  "Slack__SigningSecret": "$SLACK_SIGNING_SECRET",
  "Slack__BotToken": "$SLACK_BOT_TOKEN"
}
SECRETS

vault policy write coffeebuddy - >/dev/null <<'POLICY'
path "secret/data/coffeebuddy" {
  capabilities = ["read"]
}
POLICY
umask 077
vault token create -policy=coffeebuddy -orphan -ttl=10m -field=token >/tmp/token
unset VAULT_TOKEN
exec vault agent -config=/compose/vault-agent.hcl
