# Sourced by the scripts in bin/: what they need, named when it is missing, or installed where that can be done.
need() { command -v "$1" >/dev/null || { echo "bin/$(basename "$0") needs $1: $2"; exit 1; }; }
need_tools() {
    need cargo "install Rust with rustup"
    # The C of SQLite and of the cryptography is compiled with Rapport.
    if ! command -v cc >/dev/null; then
        [ "$(uname)" != Darwin ] || { echo "bin/$(basename "$0") needs a C compiler: run xcode-select --install"; exit 1; }
        install_packages "a C compiler" build-essential
    fi
    need node "install Node 20 or newer"
    need npm "it comes with Node"
}
# install_packages WHAT PACKAGE…: from Debian or Ubuntu, as root or by sudo.
install_packages() {
    command -v apt-get >/dev/null || { echo "bin/$(basename "$0") needs $1: install it and run again"; exit 1; }
    local as=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "bin/$(basename "$0") needs $1: install it as root (apt-get install ${*:2})"; exit 1; }
        as=sudo
    fi
    echo "Installing $1 (apt-get install ${*:2})"
    $as apt-get update -qq && $as apt-get install -y -qq "${@:2}"
}
