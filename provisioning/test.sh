#!/bin/sh
# Check everything, without a display: sh provisioning/test.sh [--setup-only] [--long] [-- PYTEST ARGUMENTS]
set -eu
# shellcheck source=provisioning/lib.sh
. "$(dirname -- "$0")/lib.sh"

setup_only=
while [ $# -gt 0 ]; do
    case $1 in
        --setup-only) setup_only=yes ;;
        --long) long=--long ;;
        --) shift; break ;;
        -h | --help) sed -n 2p "$0"; exit 0 ;;
        *) die "unknown option $1; known are --setup-only, --long and --" ;;
    esac
    shift
done

install_all
[ -z "$setup_only" ] || exit 0
cd "$repository"
PATH=$venv/bin:$PATH
unset DISPLAY WAYLAND_DISPLAY

failed=
check() {
    say "$*"
    "$@" || failed="$failed $1"
}
check ruff check .
check ruff format --check .
check mypy
check lint-imports
# One more than there are processors: many tests wait. What follows wins: "-- -n 0" is in series.
processes=$(($(nproc) + 1))
[ "$processes" -le 8 ] || processes=8 # each has a PostgreSQL, a reader and a window of its own
check pytest -n "$processes" ${long:+"$long"} "$@"
[ -z "$failed" ] || die "not well:$failed"
say "All is well"
