#!/bin/sh
# Compiles mod_roomkeeper with its parts, and mod_roomkeeper_gateways, for the ejabberd of this machine.
#   sh build.sh [output folder, default: this folder]
# ejabberd's and its xmpp library's headers are looked for in the usual places; say where they
# are with ERL_LIBS (the folders that hold lib folders such as ejabberd-25.04) when they aren't.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
mkdir -p "$out"
for root in $(echo "${ERL_LIBS:-}" | tr ':' ' ') /usr/lib/*-linux-gnu /usr/lib/erlang/lib \
  /opt/ejabberd-*/lib /usr/local/lib /home/ejabberd/lib; do
  for include in "$root"/ejabberd-*/include "$root"/*xmpp-*/include "$root"/*xml-*/include; do
    [ -d "$include" ] && set -- "$@" -I "$include" -pa "${include%/include}/ebin"
  done
done
[ $# -gt 0 ] && [ "$1" != -I ] && shift
echo "erlc -o $out mod_roomkeeper*.erl"
exec erlc -Wall -o "$out" "$@" "$here"/mod_roomkeeper*.erl
