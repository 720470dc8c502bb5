#!/usr/bin/env bash
# Writes the passwords of the stack in compose.yaml into deploy/.env, which Docker Compose reads. Run it once.
#   deploy/compose/prepare.sh [folder]
# An .env that exists stays as it is, because the volumes hold its passwords.
set -euo pipefail

file=${1:-$(dirname "$0")/..}/.env
if [ -e "$file" ]; then
    echo "$file exists: it is kept."
    exit 0
fi

umask 077
# Letters and digits only: the passwords become part of connection strings.
for name in POSTGRES_PASSWORD OWNER_PASSWORD WORKER_PASSWORD HYDRA_PASSWORD HYDRA_SYSTEM_SECRET KAFKA_PASSWORD KAFKA_RECORD_KEY \
    SMOKE_CLIENT_SECRET GRAFANA_PASSWORD SLACK_SIGNING_SECRET SLACK_BOT_TOKEN VAULT_ROOT_TOKEN; do
    prefix=
    [ "$name" != SLACK_BOT_TOKEN ] || prefix=xoxb-
    echo "$name=$prefix$(openssl rand -hex 24)"
done >"$file.new"
mv "$file.new" "$file"
echo "Wrote $file."
