#!/bin/sh
# Backs up CoffeeBuddy's database into a folder, usually a volume on a NAS:
#   backup.sh /backup
# Needs sh, coreutils, pg_dump and pg_restore of the server's major version or a newer one: the postgres image. The
# connection comes from libpq's environment (PGHOST, PGSERVICEFILE, …), never from arguments. Not through PgBouncer.
#
# Writes coffeebuddy-<UTC time>.dump and its checksum, then deletes backups older than RETENTION_DAYS (30). A failed
# backup deletes nothing, so the newest good one always stays. Says the result in one line; the exit code is 0 or not.
set -euf

fail() {
    # Without quotes an argument with several lines becomes one.
    # shellcheck disable=SC2048,SC2086
    echo "Backup failed:" $* >&2
    exit 1
}

[ $# -eq 1 ] || fail "one argument is needed, the folder for the backups."
folder=$1
retention_days=${RETENTION_DAYS:-30}
case $retention_days in
    *[!0-9]* | 0*) fail "RETENTION_DAYS must be a number of days above 0." ;;
esac
export LC_ALL=C PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"
# The words of people are in it.
umask 077
cd "$folder" 2>/dev/null || fail "the folder $folder cannot be used."

utc() {
    date -u -d "@$1" +%Y%m%dT%H%M%SZ
}

# Taken before the snapshot: the backup has everything that was committed until then.
began=$(date +%s)
name=coffeebuddy-$(utc "$began").dump
[ ! -e "$name" ] || fail "$folder/$name exists already."
partial=.$name.partial
trap 'rm -f "$partial" "$partial.sha256"' EXIT
trap 'exit 143' INT TERM

output=$(pg_dump --format=custom --no-password --lock-wait-timeout=60s --file="$partial" 2>&1) ||
    fail "pg_dump ended with $?. $output"

# Reads all of it, as a restore does. The list alone is at the beginning of the file.
output=$(pg_restore --file=/dev/null "$partial" 2>&1) || fail "pg_restore cannot read what pg_dump wrote. $output"
case $(pg_restore --list "$partial") in
    *" TABLE DATA public coffee_runs "*) ;;
    *) fail "the database has no table coffee_runs, so it is not CoffeeBuddy's." ;;
esac

checksum=$(sha256sum "$partial") || fail "$folder/$partial cannot be read."
echo "${checksum%% *}  $name" >"$partial.sha256" || fail "$folder cannot be written to."
# The dump last: one with this name is complete.
mv "$partial.sha256" "$name.sha256" && mv "$partial" "$name" || fail "$folder cannot be written to."

deleted=0

# Deletes those of the files whose name has a time before the given one. Other files are left alone.
delete_before() {
    before=$(utc "$1")
    shift
    for file in "$@"; do
        time=${file#.}
        time=${time#coffeebuddy-}
        time=${time%%.*}
        case $time in
            [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z) ;;
            *) continue ;;
        esac
        expr "$time" \< "$before" >/dev/null || continue
        rm "$file" || fail "$folder/$file is due to be deleted and cannot be. The new backup is good."
        case $file in
            coffeebuddy-*.dump) deleted=$((deleted + 1)) ;;
        esac
    done
}

set +f
delete_before $((began - retention_days * 86400)) coffeebuddy-*.dump coffeebuddy-*.dump.sha256
# What killed backups have left.
delete_before $((began - 86400)) .coffeebuddy-*.dump.partial .coffeebuddy-*.dump.partial.sha256

size=$(wc -c <"$name")
echo "Backed up $((size)) bytes to $folder/$name in $(($(date +%s) - began)) s; deleted $deleted older than $retention_days days."
