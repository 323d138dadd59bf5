#!/bin/sh
# Play one citizen's visit from tap to letter: sh provisioning/demo.sh [--out DIR] [--live] [--voice espeak|transcript|none]
set -eu
# shellcheck source=provisioning/lib.sh
. "$(dirname -- "$0")/lib.sh"

case ${1-} in
    -h | --help) sed -n 2p "$0"; exit 0 ;;
esac
install_all
exec "$venv/bin/python" -m provisioning.demo "$@"
