#!/usr/bin/env bash
# Upgrades and rolls back under load: the worker of an older commit and this one, side by side on the new schema.
#   ci/upgrade.sh
# The older commit is the newest one of this branch without the newest migration; OLD_REF names another one. Its worker
# is built from git's history into artifacts/upgrade. Needs the .NET SDK and Node.js.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
migrations=src/CoffeeBuddy.Data/Migrations
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

# Prints the newest commit of this branch that lacks the newest migration. A shallow clone may not have it.
find_old() {
    local newest commit
    newest=$(find "$migrations" -name '*.sql' | sort | tail -n 1)
    for commit in $(git rev-list --first-parent HEAD); do
        git cat-file -e "$commit:$newest" 2>/dev/null && continue
        # Before the first migration there is no worker to upgrade.
        git cat-file -e "$commit:$migrations" 2>/dev/null || return 1
        echo "$commit"
        return
    done
    return 1
}

if [ -n "${OLD_REF:-}" ]; then
    old=$(git rev-parse --verify --quiet "$OLD_REF^{commit}") || { echo "There is no commit $OLD_REF here." >&2 && exit 1; }
elif ! old=$(find_old 2>/dev/null); then
    echo "Skipped: git's history has no commit without the newest migration (a shallow clone?)."
    exit 0
fi

folder=$PWD/artifacts/upgrade/$old
worker=$folder/src/CoffeeBuddy.Functions/bin/$configuration/net10.0/CoffeeBuddy.Functions.dll
echo "Old: $(git log -1 --format='%h of %as, %s' "$old")"
if [ ! -f "$folder/built" ]; then
    rm -rf "$folder" && mkdir -p "$folder"
    git archive "$old" -- src host.json global.json Directory.Build.props Directory.Packages.props .editorconfig |
        tar -x -C "$folder"
    dotnet build "$folder/src/CoffeeBuddy.Functions" --configuration "$configuration" -p:RunAnalyzers=false \
        --verbosity quiet -tl:off -clp:NoSummary
    touch "$folder/built"
fi

dotnet build tests/CoffeeBuddy.Upgrade --configuration "$configuration" -p:RunAnalyzers=false \
    --verbosity quiet -tl:off -clp:NoSummary
OLD_WORKER=$worker timeout 10m dotnet "tests/CoffeeBuddy.Upgrade/bin/$configuration/net10.0/CoffeeBuddy.Upgrade.dll" \
    -noColor -noLogo -diagnostics
