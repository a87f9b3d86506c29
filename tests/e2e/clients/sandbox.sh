# The inside of a sandbox, before its program runs: see sandbox.ts. As process 1 it reaps orphans.
# usage: sandbox.sh FOLDER COMMAND [ARGUMENT…]
set -eu
folder=$1
shift

# An address that is no loopback address, or GLib takes the machine for offline.
ip link set lo up
ip address add 10.99.0.1/24 dev lo

# Whatever is written during the run is in memory, and gone with the sandbox.
mount -t tmpfs -o mode=1777 tmpfs "$folder"
mkdir -p /tmp/.X11-unix
mount -t tmpfs -o mode=1777 tmpfs /tmp/.X11-unix

replace() {
  cat "$1" - > "$folder/$(basename "$1")"
  mount --bind "$folder/$(basename "$1")" "$1"
}
guests=$(seq 60100 60199)
for id in $guests; do echo "guest$id:x:$id:$id::$folder:/bin/sh"; done | replace /etc/passwd
for id in $guests; do echo "guest$id:x:$id:"; done | replace /etc/group
replace /etc/ssl/certs/ca-certificates.crt < /dev/null
replace /etc/hosts < /dev/null
echo "nameserver 10.99.0.1" > "$folder/resolv.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf

TMPDIR=$folder "$@"
