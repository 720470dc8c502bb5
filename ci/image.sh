#!/usr/bin/env bash
# Builds the worker's image with buildah and checks it: size, user, no shell, read-only root file system, commands; and
# plays the sandbox's demo with the containers as its workers.
#   ci/image.sh [--stand-in] [--keep] [tag]
#     --stand-in  where Microsoft's registry cannot be reached: base images made of this machine's .NET and libraries,
#                 with the same user, ports and folders. They prove the Dockerfile's steps, not Microsoft's images.
#     --keep      keep the images in artifacts/image
# Needs root on Debian, the .NET SDK and Node.js; installs buildah, podman and runc.
set -euo pipefail
cd "$(dirname "$0")/.."

stand_in=false keep=false tag=coffeebuddy:ci
while [ "$#" -gt 0 ]; do
    case $1 in
        --stand-in) stand_in=true ;;
        --keep) keep=true ;;
        -*) echo "Unknown option $1" >&2 && exit 2 ;;
        *) tag=$1 ;;
    esac
    shift
done

work=$PWD/artifacts/image
storage=(--root "$work/store" --runroot "$work/run" --storage-driver overlay)
most_megabytes=150
export BUILDAH_ISOLATION=chroot DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

install_packages() {
    command -v buildah >/dev/null && command -v podman >/dev/null && command -v runc >/dev/null && { ! $stand_in || [ -x /bin/busybox ]; } && return
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends buildah podman runc busybox-static; } </dev/null >/dev/null
}

buildah_() { buildah "${storage[@]}" "$@"; }

podman_() { podman "${storage[@]}" --runtime "$(command -v runc)" --cgroup-manager cgroupfs "$@"; }

# The worker in a container: other user, no privileges, nothing that can be written.
run_worker() {
    podman_ run --rm --network host --read-only --read-only-tmpfs=false \
        --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --cap-drop all --security-opt no-new-privileges \
        --pull never "$@"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# Copies what a program of .NET needs on this machine into the folder: libraries by their names, .NET, certificates.
fill_root() {
    local root=$1 dotnet library
    shift
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    mkdir -p "$root"/{bin,dev,etc/ssl/certs,home/app,lib64,proc,root,sys,tmp,usr/bin,usr/share/dotnet,usr/lib}
    chmod 1777 "$root/tmp"
    ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
    (cd "$dotnet" && cp -a "$@" "$root/usr/share/dotnet/")
    for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1 libstdc++.so.6 libssl.so.3 libcrypto.so.3 \
        libz.so.1 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2; do
        cp -L "$(ldconfig -p | sed -nE "s#^\s+${library//+/\\+} .*x86-64.* => (.*)#\1#p" | head -n 1)" "$root/usr/lib/"
    done
    cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
    printf '/usr/lib\n' >"$root/etc/ld.so.conf"
    ldconfig -r "$root"
    cat "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" >"$root/etc/ssl/certs/ca-certificates.crt"
    printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1654:1654::/home/app:/bin/false\n' >"$root/etc/passwd"
    printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
}

# A base image of the files in the folder.
make_base() {
    local name=$1 root=$2 container
    shift 2
    container=$(buildah_ from scratch)
    buildah_ add --quiet "$container" "$root" / >/dev/null
    buildah_ config --env PATH=/usr/local/bin:/usr/bin:/bin --env APP_UID=1654 --env DOTNET_RUNNING_IN_CONTAINER=true \
        --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true "$@" "$container"
    buildah_ commit --quiet --rm "$container" "$name" >/dev/null
}

make_stand_ins() {
    [ "$(uname -m)" = x86_64 ] || fail "the stand-in images are for x86_64 only"
    local root=$work/root
    fill_root "$root" dotnet host shared LICENSE.txt
    make_base mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled "$root" --env ASPNETCORE_HTTP_PORTS=8080
    # The SDK has a shell.
    rm -rf "$root"
    fill_root "$root" .
    # Not in the image of the worker, as in Microsoft's: the Dockerfile copies it.
    cp -a /usr/share/zoneinfo "$root/usr/share/"
    cp /bin/busybox "$root/bin/busybox"
    local command
    for command in sh cp ls mkdir rm env uname; do ln -s busybox "$root/bin/$command"; done
    make_base mcr.microsoft.com/dotnet/sdk:10.0 "$root" --env HOME=/root --env DOTNET_NOLOGO=1 --env DOTNET_CLI_TELEMETRY_OPTOUT=1
    rm -rf "$root"
    # Microsoft's host with the worker is not here: only what the Dockerfile puts into the image can be checked.
    mkdir "$root"
    make_base mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0 "$root"
    rmdir "$root"
}

# Builds a target with a tag.
build() {
    local target=$1 tag=$2
    shift 2
    local options=("$@" --layers --format docker --file Dockerfile --target "$target" --tag "$tag"
        --build-arg "VERSION=${VERSION:-0.0.0}" --build-arg "REVISION=$(git rev-parse HEAD)" --build-arg "CREATED=$(git log -1 --format=%cI)")
    [ ! -f "$HOME/.nuget/NuGet/NuGet.Config" ] || options+=(--secret "id=nuget,src=$HOME/.nuget/NuGet/NuGet.Config")
    if $stand_in; then
        # The packages of this machine, so that the build does not download them again.
        options+=(--pull-never --volume "${NUGET_PACKAGES:-$HOME/.nuget/packages}:/root/.nuget/packages")
    fi
    buildah_ build "${options[@]}" . </dev/null
}

size_of() { buildah_ inspect --type image --format '{{.FromImageID}}' "$1" >/dev/null && podman_ image inspect --format '{{.Size}}' "$1"; }

check() {
    local base=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled above output container
    above=$((($(size_of "$tag") - $(size_of "$base")) / 1000000))
    [ "$above" -lt "$most_megabytes" ] || fail "$above MB above its base; at most $most_megabytes MB"
    [ "$(podman_ image inspect --format '{{.User}}' "$tag")" = 1654 ] || fail "the user is not 1654"
    [ -n "$(podman_ image inspect --format '{{index .Labels "org.opencontainers.image.revision"}}' "$tag")" ] || fail "no OCI labels"
    ! run_worker --entrypoint /bin/sh "$tag" -c true 2>/dev/null || fail "the image has a shell"
    output=$(run_worker "$tag" --help) && [[ $output == *deadletter* ]] || fail "--help: $output"
    output=$(run_worker "$tag" deadletter --help) && [[ $output == *replay* ]] || fail "deadletter --help: $output"
    ! output=$(run_worker "$tag" 2>&1) && [[ $output == *BootstrapServers* ]] || fail "without settings: $output"
    ! output=$(run_worker "$tag" migrate 2>&1) && [[ $output == *ConnectionStrings__CoffeeBuddy* ]] || fail "migrate: $output"
    container=$(buildah_ from --pull-never "$tag")
    [ -f "$(buildah_ mount "$container")/usr/share/zoneinfo/Europe/Berlin" ] || fail "the image has no time zones"
    buildah_ rm "$container" >/dev/null
    echo "Checked: $above MB above the base, user 1654, no shell, read-only root file system, commands, time zones."
}

# What Microsoft's host reads must be there: docs/hosts.md.
check_azure() {
    local container folder file
    container=$(buildah_ from --pull-never "$tag-azure")
    folder=$(buildah_ mount "$container")/home/site/wwwroot
    for file in host.json worker.config.json functions.metadata extensions.json .azurefunctions/function.deps.json CoffeeBuddy.Functions.dll; do
        [ -f "$folder/$file" ] || fail "the target azure has no $file"
    done
    buildah_ rm "$container" >/dev/null
    echo "Checked: the target azure has what Microsoft's host reads."
}

# Plays the demo: the sandbox starts its workers with the "dotnet" of its own runtime, here a script that starts containers.
play() {
    local runtime=$work/runtime dotnet
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    dotnet build src/CoffeeBuddy.Sandbox --configuration Release --nologo --verbosity quiet -p:RunAnalyzers=false
    mkdir -p "$runtime"
    cp -a "$dotnet/host" "$dotnet/shared" "$runtime/"
    {
        echo '#!/usr/bin/env bash'
        declare -p storage
        declare -f podman_ run_worker
        cat <<'SCRIPT'
shift # the worker's assembly
names=()
for name in $(compgen -e); do
    case $name in
        AzureFunctionsJobHost__* | ASPNETCORE_* | Clock__* | CoffeeBuddy__* | ConnectionStrings__* | DOTNET_ENVIRONMENT | Kafka__* | Limits__* | Oidc__* | Slack__* | Sweep__* | Tls__*)
            names+=(--env "$name") ;;
    esac
done
SCRIPT
        echo "run_worker \"\${names[@]}\" $tag \"\$@\" & container=\$!"
        echo 'trap "kill -TERM $container" TERM INT'
        echo 'wait $container || wait $container'
    } >"$runtime/dotnet"
    chmod +x "$runtime/dotnet"
    DOTNET_ROOT=$runtime src/CoffeeBuddy.Sandbox/bin/Release/net10.0/CoffeeBuddy.Sandbox demo
}

clean() {
    [ ! -d "$work/store" ] || podman_ rm --all --force >/dev/null 2>&1 || true
    umount -l "$work/store/overlay" 2>/dev/null || true
    rm -rf "$work"
}

install_packages
clean
mkdir -p "$work"
$keep || trap clean EXIT
! $stand_in || make_stand_ins
build worker "$tag"
check
play
# Without Microsoft's Kafka extension, which cannot be restored everywhere: KAFKA_EXTENSION=package takes it.
build azure "$tag-azure" --build-arg "KAFKA_EXTENSION=${KAFKA_EXTENSION:-stand-in}"
check_azure
echo "The images are built and work: $tag, $tag-azure"
