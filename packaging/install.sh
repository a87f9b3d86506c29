#!/bin/sh
# Installs Roomkeeper as a service of systemd, without starting it. As root:
#   sh packaging/install.sh BINARY    the binary, as /usr/local/bin/roomkeeper
#   sh packaging/install.sh           these sources and Deno, in /opt/roomkeeper
# Run again, it upgrades. DESTDIR stands before every path, for packages and for tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
program=$root/usr/local/bin/roomkeeper

# A file that runs may not be written, but it can be replaced.
replace() {
  install -D -m "$1" "$2" "$3.new"
  mv "$3.new" "$3"
}

if [ $# -gt 0 ]; then
  replace 0755 "$1" "$program"
else
  deno=${DENO:-$(command -v deno || npx --yes deno@2.9.6 eval 'console.log(Deno.execPath())')}
  opt=$root/opt/roomkeeper
  rm -rf "$opt/sources.new"
  mkdir -p "$opt/sources.new"
  # What the program needs of the sources is listed there.
  for part in $(sed -n 's/^!//p' "$here/Dockerfile.dockerignore"); do
    cp -R "$here/../$part" "$opt/sources.new/"
  done
  replace 0755 "$deno" "$opt/deno"
  DENO_DIR=$opt/cache "$opt/deno" cache --frozen --quiet "$opt/sources.new/main.ts"
  rm -rf "$opt/sources"
  mv "$opt/sources.new" "$opt/sources"
  chmod -R go-w,a+rX "$opt"
  replace 0755 "$here/roomkeeper-from-source" "$program"
fi
replace 0644 "$here/roomkeeper.sysusers" "$root/etc/sysusers.d/roomkeeper.conf"
replace 0644 "$here/roomkeeper.service" "$root/etc/systemd/system/roomkeeper.service"
mkdir -p "$root/etc/roomkeeper"
if [ -z "$root" ]; then
  systemd-sysusers roomkeeper.conf
  chown roomkeeper:roomkeeper /etc/roomkeeper
  chmod 0700 /etc/roomkeeper
  install -d -o roomkeeper -g roomkeeper -m 0700 /var/lib/roomkeeper
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
fi
