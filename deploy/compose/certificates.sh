#!/bin/sh
# Makes a certificate authority and a certificate for each server of compose.yaml; with certificates there, nothing.
#   certificates.sh [folder]       /tls by default; it gets a folder for each name: tls.crt, tls.key and ca.crt
# The authority's key is not kept. Runs as root in a container, whose volumes only the server of the name mounts.
set -eu

root=${1:-/tls}
if [ -f "$root/ca/ca.crt" ]; then
    echo "The certificates exist."
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
days=825

key() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -days $days -subj "/CN=CoffeeBuddy compose CA" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$work/ca.crt"

for name in postgresql kafka-1 kafka-2 kafka-admin vault hydra kong slack grafana worker; do
    folder=$root/$name
    mkdir -p "$folder"
    key "$folder/tls.key"
    names=DNS:$name
    # The three roles share one. Kong knows them by the name of the Helm chart's Service.
    [ "$name" != worker ] || names=$names,DNS:coffeebuddy-https,DNS:coffeebuddy-http,DNS:coffeebuddy-kafka,DNS:coffeebuddy-timer
    cat >"$work/extensions" <<EXTENSIONS
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = $names,DNS:localhost,IP:127.0.0.1
EXTENSIONS
    openssl req -new -key "$folder/tls.key" -subj "/CN=$name" -out "$work/request"
    openssl x509 -req -in "$work/request" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days $days \
        -extfile "$work/extensions" -out "$folder/tls.crt" 2>/dev/null
    cp "$work/ca.crt" "$folder/ca.crt"
    # Servers run as users of their own. Each volume is mounted by one server only.
    chmod 644 "$folder"/*
done

# Kafka reads key and certificate from one file.
for name in kafka-1 kafka-2 kafka-admin; do
    cat "$root/$name/tls.key" "$root/$name/tls.crt" >"$root/$name/keystore.pem"
    chmod 644 "$root/$name/keystore.pem"
done

# PostgreSQL refuses a key that others may read. 999 is the user of its image.
chmod 600 "$root/postgresql/tls.key"
chown 999:999 "$root/postgresql/tls.key"

# Last: a run that was interrupted is repeated.
mkdir -p "$root/ca"
cp "$work/ca.crt" "$root/ca/ca.crt"
chmod 644 "$root/ca/ca.crt"
echo "Made the certificates."
