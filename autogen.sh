#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ./configure. Afterwards: mkdir build && cd build && ../configure && make
set -eu
cd "$(dirname "$0")"
if ! command -v autoreconf >/dev/null; then
	echo "autogen.sh: autoreconf is missing; on Debian: apt-get install autoconf automake libtool pkgconf" >&2
	exit 1
fi
mkdir -p m4
exec autoreconf --install --force --warnings=all,no-portability,no-obsolete
