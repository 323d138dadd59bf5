# What demo.sh and test.sh share: installing what is missing, once. Read with `.`, POSIX sh.
#
# Asks nothing. Works as root or with sudo, on Debian 12 and 13. A second run finds everything
# there and takes seconds.

repository=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$repository/.venv
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say() {
    printf '== %s\n' "$*" >&2
}

die() {
    printf 'Sorry: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo -- "$@"
    else
        die "this needs root or sudo"
    fi
}

# ---------------------------------------------------------------- Debian packages

# Set to install what only the long proofs want, too.
long=

debian_packages() {
    set -- "$repository/provisioning/debian-packages.txt"
    [ -z "$long" ] || set -- "$@" "$repository/provisioning/debian-packages-long.txt"
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

is_installed() {
    for name in "$1" "$1t64"; do # Debian 13 renamed libraries whose time is of 64 bits
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) || continue
        [ "$status" != installed ] || return 0
    done
    return 1
}

missing_packages() {
    for package in $(debian_packages); do
        is_installed "$package" || printf '%s ' "$package"
    done
}

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null 2>&1 || die "this wants Debian 12 or 13 (no apt-get here)"
    say "Installing from Debian: $missing"
    keep_services_down
    # shellcheck disable=SC2086 # a list of words on purpose
    if apt update --quiet && apt install --yes --no-install-recommends $missing; then
        keep_brokers_down "$missing"
        let_services_up
    else
        let_services_up
        die "apt-get could not install everything; its words are above"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 "$@" >&2 </dev/null
}

# The demo and the tests start their own pcscd, mosquitto and CUPS. While packages are being
# installed nothing may start Debian's; a policy that is there already is left alone.
policy=/usr/sbin/policy-rc.d

keep_services_down() {
    made_policy=
    [ ! -e "$policy" ] || return 0
    made_policy=yes
    trap let_services_up EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

# Debian has what it installs started at the next boot. These would then listen on every address.
# Whoever had them before keeps them as they were.
keep_brokers_down() {
    for package in $1; do
        case $package in
            nats-server | rabbitmq-server) units=$package.service ;;
            erlang-base) units='epmd.service epmd.socket' ;;
            *) continue ;;
        esac
        for unit in $units; do
            as_root rm -f /etc/systemd/system/*.wants/"$unit"
        done
        [ ! -e "/etc/init.d/$package" ] || as_root update-rc.d "$package" disable >&2
    done
}

let_services_up() {
    [ -n "$made_policy" ] || return 0
    made_policy=
    as_root rm -f "$policy"
    trap - EXIT INT TERM
}

# ---------------------------------------------------------------- Python

find_python() {
    for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$python" - 2>/dev/null <<'EOF'
import ensurepip, pathlib, sys, sysconfig, venv
headers = pathlib.Path(sysconfig.get_path("include"), "Python.h")
sys.exit(not ((3, 11) <= sys.version_info < (3, 14) and headers.exists()))
EOF
        then
            printf '%s' "$python"
            return 0
        fi
    done
    die "no Python 3.11, 3.12 or 3.13 with venv and headers"
}

# What the venv was made from: when any of it changes, it is brought up to date.
venv_recipe() {
    {
        printf '%s\n' "$repository"
        "$python" -c 'import sys; print(sys.version, sys.prefix)'
        cat "$repository/setup.cfg" "$repository/pyproject.toml"
    } | sha256sum
}

install_venv() {
    python=$(find_python) || exit 1
    recipe=$(venv_recipe)
    stamp=$venv/recipe.sha256
    [ "$(cat "$stamp" 2>/dev/null)" != "$recipe" ] || return 0
    say "Making the Python environment in .venv (some minutes the first time)"
    if ! "$venv/bin/python" -c '' 2>/dev/null || ! same_python; then
        rm -rf "$venv"
        "$python" -m venv "$venv" || die "the environment $venv could not be made"
    fi
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --editable "${repository}[kiosk,regency,dev]" >&2 </dev/null ||
        die "pip could not install everything; its words are above"
    printf '%s\n' "$recipe" >"$stamp"
}

same_python() {
    [ "$("$venv/bin/python" -c 'import sys; print(sys.version, sys.base_prefix)')" = \
        "$("$python" -c 'import sys; print(sys.version, sys.base_prefix)')" ]
}

install_all() {
    install_packages
    install_venv
    say "Everything is installed"
}
