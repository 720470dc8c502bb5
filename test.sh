#!/usr/bin/env bash
# Builds everything and runs every test project, or those whose names contain one of the arguments:
#   ./test.sh              all
#   ./test.sh Core Data    CoffeeBuddy.Core.Tests and CoffeeBuddy.Data.Tests
#   ./test.sh Chaos        the minute of faults alone
#   ./test.sh --kafka host:port [...]
#                          EndToEnd, Reliability and Chaos with that Kafka, which must be for tests alone, instead of
#                          the one in memory. Only the latter has faults.
# The last line is always "N passed, N failed, N skipped", summed from the runners' own totals. The exit code is 0 only
# when nothing failed. Needs the .NET SDK and Node.js; installs the browser, PostgreSQL, PgBouncer, Prometheus, curl and
# LuaJIT, as root on Debian.
# Results in JUnit's format: artifacts/test-results.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

configuration=${CONFIGURATION:-Release}
at_once=${TESTS_AT_ONCE:-3}

# The JIT compiler optimizes later, and without profiles, because most processes live only for seconds. Numbers are
# hexadecimal. The delay is 1000 ms.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=3E8
# Idle threads of the thread pool sleep at once instead of spinning, because other processes use the cores: about 6 % less CPU.
export DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0
# Compiled code is in memory that is both writable and executable: a process starts with a tenth less CPU.
export DOTNET_EnableWriteXorExecute=0

if [ "${1-}" = --kafka ]; then
    : "${2:?--kafka needs host:port}"
    export COFFEEBUDDY_KAFKA=$2
    # One project at a time, because they use the same topics.
    at_once=1
    shift 2
    [ "$#" -gt 0 ] || set -- EndToEnd Reliability Chaos
fi

# Prints the time of a fixed loop on every core, in percent of the time on an idle machine, which is about 1 s. At
# least 100.
slowness() {
    local from=${EPOCHREALTIME:-$SECONDS.000000} to core percent
    for core in $(seq "$(nproc 2>/dev/null || echo 2)"); do
        (for ((i = 0; i < 300000; i++)); do :; done) &
    done
    wait
    to=${EPOCHREALTIME:-$SECONDS.000000}
    percent=$(((${to//[.,]/} - ${from//[.,]/}) / 10000))
    echo $((percent > 100 ? percent : 100))
}

# Ends a project that hangs. Not a check of speed: it grows with the slowness of the machine.
minutes_per_project=${MINUTES_PER_PROJECT:-$((10 * $(slowness) / 100))}
results=artifacts/test-results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# A process that lives on would keep the pipe open for whoever reads our output.
export MSBUILDDISABLENODEREUSE=1

passed=0 failed=0 skipped=0

# Ctrl-C: the jobs pass it on to their programs, which end their tests in order.
stop() {
    trap '' INT TERM
    echo "Stopping." >&2
    local running
    running=$(jobs -rp)
    # shellcheck disable=SC2086 # One process id a word.
    [ -z "$running" ] || kill $running
    wait
    exit 130
}
trap stop INT TERM

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

# Adds up the runner's own line: "<assembly>  Total: 9, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 1.234s".
count() {
    local log=$1 totals
    totals=$(sed -nE 's/^ +[A-Za-z.]+ +Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" | tail -n 1)
    [ -n "$totals" ] || return 1
    local total errors fails skips unrun
    read -r total errors fails skips unrun <<<"$totals"
    passed=$((passed + total - fails - skips - unrun))
    failed=$((failed + fails + errors))
    skipped=$((skipped + skips))
    failures_told=$((fails + errors))
}

# Runs one test program. Its output goes to its log, its exit code to a file beside it. Called as a job, because it sets
# a trap of its own.
start() {
    local name=$1 dll=tests/$1/bin/$configuration/net10.0/$1.dll seed=${CHAOS_SEED:-4}
    if [ "$name" = CoffeeBuddy.Chaos ]; then
        # A minute of faults; each invariant counts as a test. The seed is fixed, so that the faults are the same.
        echo "Running $name with seed $seed (CHAOS_SEED takes another)"
        set -- --seconds 60 --seed "$seed" --quiet-minutes 2 ${COFFEEBUDDY_KAFKA:+--kafka "$COFFEEBUDDY_KAFKA"}
    else
        echo "Running $name"
        # Names each test that takes over 2 minutes: a project that hangs is ended, and then prints no results.
        set -- -noColor -noLogo -longRunning 120 -result-junit "$results/$name.xml"
    fi
    # Only a wait can be interrupted, so the program is a job too. Timeout passes a signal on to all that it started.
    trap '' INT
    trap 'kill -INT $!; wait $!' TERM
    timeout --kill-after=10 "${minutes_per_project}m" dotnet "$dll" "$@" </dev/null >"$results/$name.log" 2>&1 &
    wait $!
    echo $? >"$results/$name.code"
}

# Prints a project's totals, and all of its output only when something failed: a shortened log still has the failures.
tell() {
    local name=$1 code failures_told=0 reason=""
    code=$(cat "$results/$name.code")
    rm "$results/$name.code"
    if ! count "$results/$name.log"; then
        reason="$name told no totals (exit code $code): it crashed, ran no test, "
        reason+="or took more than $minutes_per_project minutes."
        failed=$((failed + 1))
    elif [ "$code" -ne 0 ] && [ "$failures_told" -eq 0 ]; then
        reason="$name ended with exit code $code although no test failed."
        failed=$((failed + 1))
    fi
    if [ -z "$reason" ] && [ "$failures_told" -eq 0 ]; then
        grep -E '^ +[A-Za-z.]+ +Total: ' "$results/$name.log" | tail -n 1
        return
    fi
    echo "--- $name"
    # The Kafka client of tests that take brokers away complains on stderr, as it should.
    grep -v '|rdkafka#' "$results/$name.log"
    [ -z "$reason" ] || echo "$reason"
}

wanted() {
    [ "$#" -gt 1 ] || return 0
    local name=$1 part
    shift
    for part in "$@"; do
        [[ $name == *"$part"* ]] && return 0
    done
    return 1
}

# Installs Debian packages that tests need.
install_packages() {
    local package missing=()
    command -v dpkg >/dev/null || return
    for package in "$@"; do
        dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "Not installed here: ${missing[*]}. Tests that need them will say so."
        return
    fi
    echo "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${missing[@]}"; } </dev/null >/dev/null ||
        echo "Could not install: ${missing[*]}. Tests that need them will say so."
}

# The longest first, so that none of them runs alone at the end.
longest=(
    CoffeeBuddy.Operations CoffeeBuddy.Reliability CoffeeBuddy.Functions.Tests CoffeeBuddy.Browser
    CoffeeBuddy.Data.Tests CoffeeBuddy.Fuzz SlackSimulator.Browser CoffeeBuddy.EndToEnd CoffeeBuddy.Sandbox.Tests
    CoffeeBuddy.Deployment CoffeeBuddy.Recovery OnPremFunctions.Tests
)
chosen=()
for name in "${longest[@]}" $(basename -s .csproj tests/*/*.csproj); do
    [[ " ${chosen[*]-} " == *" $name "* ]] && continue
    # Libraries, benchmarks (they do not pass or fail) and Chaos, which is started last.
    grep -q '<IsTestProject>false</IsTestProject>' "tests/$name/$name.csproj" && continue
    wanted "$name" "$@" && chosen+=("$name")
done
wanted CoffeeBuddy.Chaos "$@" && chosen+=(CoffeeBuddy.Chaos)
if [ "${#chosen[@]}" -eq 0 ]; then
    echo "No test project is called like that."
    failed=1
    finish
fi

install() {
    # The browser tests open the page in Chromium, with an emoji font to show it as people see it.
    [[ ${chosen[*]-} == *Browser* ]] && install_packages chromium-headless-shell fonts-noto-color-emoji
    [[ ${chosen[*]-} == *CoffeeBuddy.Deployment* ]] && install_packages curl
    [[ ${chosen[*]-} == *CoffeeBuddy.Data* || ${chosen[*]-} == *CoffeeBuddy.Functions* ]] && install_packages pgbouncer
    [[ ${chosen[*]-} == *CoffeeBuddy.Observability* ]] && install_packages prometheus
    # A server with its own pg_dump.
    [[ ${chosen[*]-} == *CoffeeBuddy.Recovery* ]] && install_packages postgresql
    # Kong's Lua.
    [[ ${chosen[*]-} == *CoffeeBuddy.Infrastructure* ]] && install_packages luajit
}

rm -rf "$results" && mkdir -p "$results"
started=$SECONDS
# Both run during the build, which does not always use every core.
install &
installing=$!
{ dotnet tool restore && dotnet csharpier check .; } </dev/null >"$results/format.log" 2>&1 &
format=$!
# One compiler process for all projects, ended below, which collects garbage less often: half of the build's time.
if ! DOTNET_GCgen0size=10000000 dotnet build CoffeeBuddy.sln --configuration "$configuration" --nologo \
    --verbosity quiet -tl:off -clp:NoSummary -p:CompileAhead=true -p:UseSharedCompilation=true </dev/null; then
    echo "The build failed."
    failed=1
fi
dotnet build-server shutdown --vbcscompiler >/dev/null
if ! wait "$format"; then
    cat "$results/format.log"
    echo "Some files are not formatted. Run: dotnet csharpier format ."
    failed=1
fi
wait "$installing"
[ "$failed" -eq 0 ] || finish
echo "Built in $((SECONDS - started)) s."

# A method is optimized after 10,000 calls instead of 30: EndToEnd takes 62 s of CPU instead of 102 s.
export DOTNET_TC_CallCountThreshold=2710

# The tests' databases, browser profiles and logs are in memory where there is room: on a disk, creating and removing
# their files costs a quarter of the CPU time of the database tests.
memory=/dev/shm
if [ -z "${TMPDIR-}" ] && [ -w "$memory" ] && [[ $(findmnt -no OPTIONS "$memory") != *noexec* ]] &&
    [ "$(df --output=avail -m "$memory" | tail -n 1)" -gt 12000 ] &&
    [ "$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)" -gt 16000 ]; then
    TMPDIR=$(mktemp -d "$memory/coffeebuddy.XXXXXX")
    # As /tmp: a PostgreSQL that root starts runs as another user.
    chmod 1777 "$TMPDIR"
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

# Three at a time: while one waits for processes, brokers and clocks, the others compute.
for name in ${chosen[@]+"${chosen[@]}"}; do
    [ "$(jobs -rp | wc -l)" -lt "$at_once" ] || wait -n
    start "$name" &
done
wait
for name in ${chosen[@]+"${chosen[@]}"}; do
    tell "$name"
done

echo "Took $((SECONDS - started)) s."
finish
