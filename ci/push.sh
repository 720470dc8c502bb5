#!/usr/bin/env bash
# Pushes the image that "ci/image.sh --keep" built, and writes its name with the digest into artifacts/image-reference.
#   ci/push.sh TAG REPOSITORY VERSION       such as: ci/push.sh coffeebuddy:ci registry.example.com/coffeebuddy 1.2.3
# The login of the registry: REGISTRY_USERNAME and REGISTRY_PASSWORD. Needs buildah.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$#" -ne 3 ]; then
    echo "Usage: ci/push.sh TAG REPOSITORY VERSION" >&2
    exit 2
fi
tag=$1 repository=$2 version=$3
: "${REGISTRY_USERNAME:?}" "${REGISTRY_PASSWORD:?}"
storage=(--root "$PWD/artifacts/image/store" --runroot "$PWD/artifacts/image/run" --storage-driver overlay)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export REGISTRY_AUTH_FILE=$folder/auth.json
# On stdin: arguments can be read by other processes.
printf '%s' "$REGISTRY_PASSWORD" |
    buildah "${storage[@]}" login --username "$REGISTRY_USERNAME" --password-stdin "${repository%%/*}" >/dev/null
buildah "${storage[@]}" push --quiet --digestfile "$folder/digest" "$tag" "docker://$repository:$version"

digest=$(cat "$folder/digest")
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "FAILED: the registry gave no digest" >&2 && exit 1; }
mkdir -p artifacts
echo "$repository@$digest" >artifacts/image-reference
echo "Pushed: $repository@$digest ($version)"
