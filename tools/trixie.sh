#!/usr/bin/env bash
# Makes a Debian 13 root with its XMPP servers, once, for the end-to-end tests: `tools/trixie.sh`.
# `tools/trixie.sh --made` only says whether there is one.
#
# It is kept at $ROOMKEEPER_TRIXIE, or ~/.cache/roomkeeper/trixie, where all clones on this machine
# share it. A root that is there and complete is left alone. Needs root, debootstrap and util-linux,
# three minutes or more and 400 MB. Prints the root's path; whatever else it says goes to standard error.
set -euo pipefail

suite=trixie
packages=(prosody prosody-modules lua-unbound ejabberd erlang-dev erlang-p1-xmpp biboumi ngircd
  python3-slixmpp openssl ca-certificates)
root=${ROOMKEEPER_TRIXIE:-${XDG_CACHE_HOME:-$HOME/.cache}/roomkeeper/trixie}
mirror=${ROOMKEEPER_DEBIAN_MIRROR:-http://deb.debian.org/debian}
# Written last: a root without it, or with another list of packages, is not taken.
stamp=etc/roomkeeper-packages
wanted="$suite ${packages[*]}"

say() { printf 'trixie: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
complete() { [ "$(cat "$root/$stamp" 2>/dev/null)" = "$wanted" ]; }

if complete; then
  echo "$root"
  exit
fi
[ "${1:-}" != --made ] || exit 1
[ "$(id -u)" = 0 ] || fail "making $root needs root: run it with sudo, or set ROOMKEEPER_TRIXIE to a root made before"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock --nonblock 9 || { say "another run is making $root: waiting for it" && flock 9; }
if complete; then
  echo "$root"
  exit
fi

making=$root.making
log=$root.log
rm -rf --one-file-system "$making"
mkdir "$making"

# Within mount and process namespaces of its own: nothing stays mounted or running afterwards.
make() {
  debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    "$suite" "$making" "$mirror"
  printf '#!/bin/sh\nexit 101\n' >"$making/usr/sbin/policy-rc.d"
  chmod +x "$making/usr/sbin/policy-rc.d"
  mount --bind "$making" "$making"
  mount -t proc proc "$making/proc"
  mount --rbind /dev "$making/dev"
  chroot "$making" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${packages[@]}"
  chroot "$making" apt-get clean
}
export -f make
export suite making mirror
say "making $root: ${packages[*]} (log: $log)"
if ! unshare --mount --pid --fork --kill-child bash -euo pipefail -c \
  "$(declare -p packages); make" >"$log" 2>&1 </dev/null 9>&-; then
  tail -n 20 "$log" >&2
  rm -rf --one-file-system "$making"
  fail "the root could not be made: its last words are above, all of them in $log"
fi
printf '%s\n' "$wanted" >"$making/$stamp"
if [ -e "$root" ]; then
  rm -rf --one-file-system "$root.old"
  mv "$root" "$root.old"
fi
mv "$making" "$root"
rm -rf --one-file-system "$root.old"
say "made $root"
echo "$root"
