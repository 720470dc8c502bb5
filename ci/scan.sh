#!/usr/bin/env bash
# Scans the image that "ci/image.sh --keep" built, and the files of this commit, with Trivy.
#   ci/scan.sh TAG
# Fails for a known fault of the severities HIGH and CRITICAL that a newer package repairs, and for a secret. Needs
# buildah, and Trivy of exactly this version; where its databases are mirrored: TRIVY_DB_REPOSITORY and
# TRIVY_JAVA_DB_REPOSITORY.
set -euo pipefail
cd "$(dirname "$0")/.."

trivy_version=0.65.0
tag=${1:?the tag of the image is missing: ci/scan.sh TAG}

found=$(trivy --version | sed -n 's/^Version: v\{0,1\}//p')
if [ "$found" != "$trivy_version" ]; then
    echo "FAILED: this needs Trivy $trivy_version, not ${found:-an unknown version}" >&2
    exit 1
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git archive --format tar HEAD | tar -x -C "$folder" --one-top-level=files
buildah --root artifacts/image/store --runroot artifacts/image/run --storage-driver overlay \
    push --quiet "$tag" "oci-archive:$folder/image.tar"

trivy fs --quiet --scanners secret --exit-code 1 "$folder/files"
trivy image --quiet --scanners vuln,secret --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 --input "$folder/image.tar"
echo "Scanned: the files of this commit, $tag"
