# Sourced by bin/test, bin/bench and bin/soak, after need.sh: a throw-away PostgreSQL from the installed server binaries.
# start_postgres FOLDER [on|off]   off: no fsync and little log, for tests, which make and drop hundreds of databases. Sets POSTGRES to postgres://USER@HOST:PORT; make_database NAME adds one.
pg_bin() { { ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null || true; } | sort -V | tail -n 1; }
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$PG_FOLDER" "$@"; else "$@"; fi; }
start_postgres() {
    PG_FOLDER=$1/postgres
    if [ -z "$(pg_bin)" ]; then
        install_packages "the PostgreSQL server" postgresql
    fi
    PG=$(pg_bin)
    [ -n "$PG" ] || { echo "This needs PostgreSQL's initdb and postgres"; exit 1; }
    mkdir -p "$PG_FOLDER"
    [ "$(id -u)" != 0 ] || chown nobody:nogroup "$PG_FOLDER"
    local port
    port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    local quick=
    [ "${2:-off}" = on ] || quick="-c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB"
    as_user "$PG/initdb" -D "$PG_FOLDER/data" -U rapport -A trust -E UTF8 --locale=C >/dev/null
    as_user "$PG/pg_ctl" -D "$PG_FOLDER/data" -w -l "$PG_FOLDER/log" \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_FOLDER -c fsync=${2:-off} $quick -c max_connections=200" start >/dev/null
    POSTGRES="postgres://rapport@127.0.0.1:$port"
    PG_PORT=$port
}
make_database() { as_user "$PG/createdb" -h 127.0.0.1 -p "$PG_PORT" -U rapport "$1"; }
stop_postgres() { [ -z "${PG:-}" ] || as_user "$PG/pg_ctl" -D "$PG_FOLDER/data" -m immediate stop >/dev/null 2>&1 || true; }
