#!/bin/sh
# Makes the client of the smoke run in Hydra, or makes it anew, and asks for a first token, so that the keys exist.
set -eu

clients=https://hydra:4445/admin/clients
curl --silent --show-error --fail --output /dev/null --retry 60 --retry-delay 1 --retry-all-errors https://hydra:4445/health/ready
curl --silent --show-error --output /dev/null --request DELETE "$clients/smoke"
curl --silent --show-error --fail --output /dev/null --header 'Content-Type: application/json' --data @- "$clients" <<CLIENT
{
  "client_id": "smoke",
  "client_secret": "$SMOKE_CLIENT_SECRET",
  "grant_types": ["client_credentials"],
  "scope": "coffee.service",
  "audience": ["coffeebuddy"],
  "token_endpoint_auth_method": "client_secret_basic"
}
CLIENT
sh /compose/token.sh >/dev/null
echo "Made the client smoke."
