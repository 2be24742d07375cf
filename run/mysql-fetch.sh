#!/usr/bin/env bash
# mysql-fetch.sh FOLDER: unpacks a MySQL server into FOLDER/unpacked, and of what came along keeps only what it runs with.
# Debian's stable suites hold MariaDB alone, hence its suite sid, apart from the system; Ubuntu has MySQL among its own packages.
set -euo pipefail
SUITE=${MYSQL_SUITE:-sid} bash "$(dirname "${BASH_SOURCE[0]}")/unpack-packages.sh" apart "$1" 'mysql-server-core|mysql-server-core-8.4'
rm -rf "$1"/unpacked/usr/lib/python3 "$1"/unpacked/usr/lib/*/lib{asan,tsan,ubsan,lsan}* "$1"/unpacked/etc
