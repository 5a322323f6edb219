#!/bin/sh
# Make sure that the Debian packages named on the command line are there:
# install them when root, say how to otherwise.
set -eu

have() {
    case "$1" in
        python3) command -v python3 ;;
        python3-venv) python3 -c 'import ensurepip, venv' ;;
        mosquitto) command -v mosquitto || [ -x /usr/sbin/mosquitto ] ;;
        mosquitto-clients) command -v mosquitto_sub ;;
        *) dpkg-query -W -f '${Status}' "$1" | grep -q 'install ok installed' ;;
    esac >/dev/null 2>&1
}

missing=
for package in "$@"; do
    have "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These packages are needed, and this system has no apt-get to install them with:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are needed. Install them with: sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installing$missing ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split
apt-get install -y -qq --no-install-recommends $missing >/dev/null
