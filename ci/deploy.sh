#!/usr/bin/env bash
# Installs an image in an environment: upgrades the release, plays the smoke run, and checks that all workers are
# available. If the smoke run or the check fails, it goes back to the revision before.
#   ci/deploy.sh ENVIRONMENT IMAGE     such as: ci/deploy.sh test registry.example.com/coffeebuddy@sha256:...
# ENVIRONMENT is dev, test or prod: helm/coffeebuddy/values-ENVIRONMENT.yaml. IMAGE is named by its digest.
# The cluster: KUBECONFIG, or its content in KUBECONFIG_CONTENT, as Vault gives it. Needs Helm 3 or 4 and kubectl.
#
# Exit code 0: the new version works. 1: it does not, or could not be tried; the last line on stderr says what runs now.
# When the upgrade itself fails, Helm has gone back already (--atomic). A first installation that fails the smoke run or
# the check stays: there is nothing to go back to, and its pods show the cause.
set -euo pipefail
cd "$(dirname "$0")/.."

release=coffeebuddy
at=(--namespace coffeebuddy)
# Longer than the migration may take (migration.timeoutSeconds), and a rollout after it.
timeout=20m

usage() {
    echo "$1" >&2
    echo "Usage: ci/deploy.sh dev|test|prod REPOSITORY@sha256:DIGEST" >&2
    exit 2
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

[ "$#" -eq 2 ] || usage "Two arguments are needed."
environment=$1 image=$2
case $environment in
    dev | test | prod) ;;
    *) usage "Unknown environment: $environment" ;;
esac
[[ $image =~ ^[^@]+@sha256:[0-9a-f]{64}$ ]] || usage "Not an image with its digest: $image"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -n "${KUBECONFIG_CONTENT-}" ]; then
    (umask 077 && printf '%s\n' "$KUBECONFIG_CONTENT" >"$folder/kubeconfig")
    export KUBECONFIG=$folder/kubeconfig
    unset KUBECONFIG_CONTENT
fi

# Prints the number of the last revision that was deployed; nothing before the first installation.
deployed_revision() {
    local history
    if history=$(helm history "$release" "${at[@]}" --output json 2>"$folder/errors"); then
        tr '{' '\n' <<<"$history" | sed -nE 's/.*"revision":([0-9]+),.*"status":"deployed".*/\1/p' | tail -n 1
    elif ! grep -q 'release: not found' "$folder/errors"; then
        cat "$folder/errors" >&2
        return 1
    fi
}

go_back() {
    local reason=$1
    [ -n "$before" ] || fail "$environment: $reason. This first installation stays as it is: there is no revision to go back to"
    echo "$environment: $reason. Going back to revision $before." >&2
    if ! helm rollback "$release" "$before" "${at[@]}" --wait --timeout "$timeout"; then
        echo "!!! ROLLBACK FAILED !!!" >&2
        fail "$environment: $reason, and the rollback to revision $before FAILED too: $environment may be down, repair it by hand"
    fi
    fail "$environment: $reason. Revision $before runs again"
}

available() {
    local role
    for role in http kafka timer; do
        kubectl rollout status "deployment/$release-$role" "${at[@]}" --timeout 3m || return
    done
    kubectl wait deployment --selector "app.kubernetes.io/instance=$release" "${at[@]}" --for condition=Available --timeout 1m
}

before=$(deployed_revision) || fail "$environment: the revisions of the release cannot be read. Nothing was changed"
echo "$environment: installing $image; before it: ${before:+revision }${before:-nothing}."
helm upgrade "$release" helm/coffeebuddy --install "${at[@]}" --create-namespace \
    --values "helm/coffeebuddy/values-$environment.yaml" \
    --set-string "image.repository=${image%@*}" --set-string "image.digest=${image#*@}" \
    --atomic --timeout "$timeout" ||
    fail "$environment: the upgrade failed. Helm has gone back to ${before:+revision }${before:-nothing}, or says above why it could not"
helm test "$release" "${at[@]}" --logs --timeout 5m || go_back "the smoke run failed"
available || go_back "not all workers are available"
echo "$environment: $image works."
