#!/usr/bin/env bash
# Writes what the worker consists of into artifacts/sbom: coffeebuddy.cdx.json (CycloneDX) and licences.txt.
#   ci/sbom.sh [version]
# Fails for a package whose licence is unknown or not in the list below. Needs the .NET SDK and Node.js.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-0.0.0}
folder=artifacts/sbom
project=src/CoffeeBuddy.Functions/CoffeeBuddy.Functions.csproj
mkdir -p "$folder"
dotnet tool restore >/dev/null
# Locked: the list is that of packages.lock.json, not of what a registry has today.
dotnet restore "$project" --locked-mode --verbosity quiet
dotnet tool run dotnet-CycloneDX "$project" --exclude-dev --disable-package-restore --output "$folder" \
    --filename coffeebuddy.cdx.json --output-format Json --spec-version 1.6 --set-name CoffeeBuddy --set-version "$version" >/dev/null

node - "$folder/coffeebuddy.cdx.json" "$folder/licences.txt" <<'SCRIPT'
const fs = require('fs');
const [bom, list] = process.argv.slice(2);
const allowed = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'PostgreSQL'];
// Packages that carry a text instead of a name; who adds one has read it. That of librdkafka has parts under MIT, other BSD
// licences, Zlib, and in the public domain.
const read = { 'librdkafka.redist 2.16.0': 'BSD-2-Clause', 'NCrontab 3.4.0': 'Apache-2.0' };
const components = JSON.parse(fs.readFileSync(bom, 'utf8')).components
    .filter(component => component.type === 'library')
    .map(({ name, version, licenses = [] }) => ({
        name,
        version,
        licence: read[`${name} ${version}`] ?? licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(' and '),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
fs.writeFileSync(list, components.map(({ name, version, licence }) => `${name} ${version}: ${licence || 'unknown'}\n`).join(''));
const refused = components.filter(({ licence }) => !allowed.includes(licence));
for (const { name, version, licence } of refused)
    console.error(`FAILED: ${name} ${version} has the licence "${licence || 'unknown'}"`);
console.log(`${components.length} packages: ${list}`);
process.exitCode = refused.length || components.length === 0 ? 1 : 0;
SCRIPT
