#!/usr/bin/env bash
# Sets up the virtual environment and the system libraries for `make run` or `make test`.
# usage: setup.sh run|test PYTHON VENV TORCH_INDEX
set -euo pipefail
what=$1 python=$2 venv=$3 torch_index=$4

# What Qt's widgets need on a Debian-like system, offscreen and in a window.
qt_packages=(
    libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libxcb-cursor0 libxcb-icccm4
    libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
    libxcb-xkb1 libxkbcommon-x11-0 libxkbcommon0
)
# What the tests with true windows need as well; without them those tests are skipped.
window_test_packages=(xvfb xdotool)

install_system_packages() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
    local missing=() package
    for package in "$@"; do
        # Newer releases carry some of these under a name with "t64" at its end.
        case $(dpkg-query -W -f '${Status};' "$package" "${package}t64" 2>/dev/null || true) in
        *"install ok installed"*) ;;
        *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "Some system libraries are missing. Install them with:"
        echo "    sudo apt install ${missing[*]}"
        return 0
    fi
    echo "Installing system libraries: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

make_environment() {
    "$python" - <<'EOF' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit("Desktopsearch needs Python 3.11 or newer; choose one with: make run PYTHON=python3.12")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python's venv module is missing. Install it with: sudo apt install python3-venv")
EOF
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
}

case $what in
run)
    install_system_packages "${qt_packages[@]}"
    make_environment
    echo "Installing Desktopsearch into $venv (about 1.4 GB with PyTorch)"
    if [ -n "$torch_index" ]; then
        "$venv/bin/pip" install --quiet --index-url "$torch_index" \
            'torch>=2.11,<2.14' 'torchvision>=0.26,<0.29'
    fi
    "$venv/bin/pip" install --quiet --editable .
    ;;
test)
    install_system_packages "${window_test_packages[@]}"
    "$venv/bin/pip" install --quiet --group dev
    ;;
*)
    echo "usage: setup.sh run|test PYTHON VENV TORCH_INDEX" >&2
    exit 2
    ;;
esac
