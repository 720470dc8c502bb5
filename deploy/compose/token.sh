#!/bin/sh
# Prints an access token for the client of the smoke run.
set -eu

# The secret is not an argument, which other processes could read.
answer=$(
    curl --silent --show-error --fail --config - --data grant_type=client_credentials --data scope=coffee.service \
        --data audience=coffeebuddy https://hydra:4444/oauth2/token <<CONFIG
user = "smoke:$SMOKE_CLIENT_SECRET"
CONFIG
)
token=$(printf '%s' "$answer" | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
[ -n "$token" ] || { echo "FAILED: Hydra gave no token" >&2 && exit 1; }
echo "$token"
