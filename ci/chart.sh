#!/usr/bin/env bash
# Lints and renders the chart with every file of values, and packages it into artifacts/chart.
#   ci/chart.sh [version]     the version of the chart and of the worker; without it that of Chart.yaml
# Helm checks the values against values.schema.json in both. Needs Helm 3 or 4. The manifests themselves are checked
# against the schemas of Kubernetes, KEDA and the Prometheus operator by ./test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1-}
chart=helm/coffeebuddy
for values in "$chart"/values-*.yaml; do
    helm lint --strict --quiet "$chart" --values "$values"
    helm template coffeebuddy "$chart" --values "$values" >/dev/null
    echo "Checked: $values"
done

mkdir -p artifacts/chart
helm package "$chart" --destination artifacts/chart ${version:+--version "$version" --app-version "$version"}
