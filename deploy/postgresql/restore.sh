#!/bin/sh
# Restores a backup of backup.sh into a database that exists and is empty:
#   restore.sh [--replace] /backup/coffeebuddy-20260131T021700Z.dump
# --replace deletes what the database has. Needs sh, coreutils, pg_restore and psql: the postgres image. The connection
# comes from libpq's environment (PGHOST, PGDATABASE, PGUSER, …): a superuser, after roles.sql if its roles are used.
#
# It is one transaction: after an error the database is as it was. The exit code is 0 or not.
set -eu

fail() {
    echo "Not restored, the database is as it was: $*" >&2
    exit 1
}

replace=
if [ "${1-}" = --replace ]; then
    replace=yes
    shift
fi
[ $# -eq 1 ] || fail "one argument is needed, the backup."
backup=$1
file=$(basename "$backup")
export LC_ALL=C PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"
began=$(date +%s)

query() {
    psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}

[ -f "$backup" ] || fail "there is no $backup."
[ -f "$backup.sha256" ] || fail "$backup has no checksum beside it."
(cd "$(dirname "$backup")" && sha256sum -c "$file.sha256") >/dev/null 2>&1 ||
    fail "$backup is damaged: it does not have its checksum."
pg_restore --list "$backup" >/dev/null || fail "$backup cannot be read."

relations=$(query --command="SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") ||
    fail "the database cannot be used."
[ "$relations" -eq 0 ] || [ "$replace" ] || fail "it is not empty. --replace deletes what it has."
workers=$(query --command="SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'coffeebuddy'")
[ "$workers" -eq 0 ] || fail "workers have $workers connections to it. Stop all of them."

# When pg_restore fails, psql does not get the COMMIT, and the server rolls back.
statements() {
    echo 'BEGIN;'
    if [ "$replace" ]; then
        # As initdb makes it. The backup has what was changed since.
        echo 'DROP SCHEMA public CASCADE;'
        echo 'CREATE SCHEMA public AUTHORIZATION pg_database_owner;'
        echo 'GRANT USAGE ON SCHEMA public TO PUBLIC;'
    fi
    pg_restore --file=- "$backup" && echo "COMMIT; SELECT 'restored';"
}
result=$(statements | query --file=- | tail -n 1)
[ "$result" = restored ] || fail "the reason is above."
query --command=ANALYZE

since='<time of the backup>'
case $file in
    coffeebuddy-????????T??????Z.dump)
        time=${file#coffeebuddy-}
        part() {
            echo "$time" | cut -c "$1"
        }
        since=$(part 1-4)-$(part 5-6)-$(part 7-11):$(part 12-13):$(part 14-16)
        ;;
esac
orders=$(query --command="SELECT count(*) || ' orders, the latest of ' || coalesce(max(created_at)::text, 'no time') FROM orders")
cat <<END
Restored $backup in $(($(date +%s) - began)) s: $orders.
What follows (docs/operations.md, "Backup and restore"):
  1. roles.sql, if its roles are used
  2. CoffeeBuddy.Functions migrate
  3. CoffeeBuddy.Functions recover --since $since
  4. start the workers
END
