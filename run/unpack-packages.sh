#!/usr/bin/env bash
# unpack-packages.sh own|apart FOLDER PACKAGE...
#
# Downloads packages with what they depend on through this machine's apt and unpacks them into FOLDER/unpacked. It changes nothing
# outside FOLDER and needs no root.
#   own    the release's own packages, and only those libraries that the machine lacks: they run beside its own.
#   apart  with every library, libc included, so that the programs may come from another suite (SUITE, on Debian only).
# Several PACKAGEs joined by "|" are alternatives: the first that exists is taken.
set -euo pipefail

mode=$1 folder=$2
shift 2
die() { printf '%s\n' "$*" >&2; exit 1; }
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die 'this system has no apt'

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# apt splits some of its options at spaces, hence a work folder whose path certainly has none.
work=$(mktemp -d /tmp/unpack-packages.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work"/{parts,preferences}
. /etc/os-release
machine=$(dpkg --print-architecture)

# The servers which apt knows, from its indexes or, before the first update, from its lists of sources.
servers() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null || true
  sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | tr ' ' '\n' || true
  sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true
}

options=(
  -o Dir::State="$work" -o Dir::State::lists="$work/lists" -o Dir::State::extended_states="$work/extended"
  -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
  -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false
  -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Get::List-Cleanup=false
  -o APT::Update::Post-Invoke= -o DPkg::Pre-Install-Pkgs= -o DPkg::Post-Invoke=
  -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false
)
if [ "$mode" = apart ]; then
  # With nothing installed, every library comes along. Perl is said to be there: only scripts that nobody calls would need its 40 MB.
  cat > "$work/status" <<STATUS
Package: perl
Status: install ok installed
Architecture: $machine
Multi-Arch: allowed
Maintainer: none
Version: 99.0
Provides: perl-base (= 99.0), perl:any (= 99.0), libdbi-perl, libdbd-mysql-perl
Description: stands in for perl

STATUS
  options+=(-o Dir::State::status="$work/status")
  if [ "${ID:-}" = debian ] && [ -n "${SUITE:-}" ]; then
    server=$(servers | sed 's,/*$,,' | grep -m1 '/debian$' || servers | grep -v security | sed 's,/*$,,' | head -n 1)
    [ -n "$server" ] || die 'apt names no server to download from'
    key=
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do [ -f "$file" ] && key="[signed-by=$file] " && break; done
    printf 'deb %s%s %s main\n' "$key" "$server" "$SUITE" > "$work/sources"
    options+=(-o Dir::Etc::sourcelist="$work/sources" -o Dir::Etc::sourceparts="$work/parts"
      -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$work/preferences")
  fi
else
  options+=(-o Dir::State::status=/var/lib/dpkg/status)
fi

quietly() { "$@" > "$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; return 1; }; }
quietly apt-get "${options[@]}" -q update || die 'apt could not read its package lists'
wanted=()
for alternatives in "$@"; do
  found=
  IFS='|' read -ra names <<< "$alternatives"
  for name in "${names[@]}"; do
    if apt-cache "${options[@]}" show "$name" > /dev/null 2>&1; then found=$name; break; fi
  done
  [ -n "$found" ] || die "apt knows no package $alternatives"
  wanted+=("$found")
done
quietly apt-get "${options[@]}" -q -y --no-install-recommends --download-only install "${wanted[@]}" || die 'apt could not download the packages'

# Unpacked beside and then moved, so that an interrupted run never looks like a whole one.
rm -rf "$folder/new"
mkdir "$folder/new"
for package in "$work"/archives/*.deb; do dpkg-deb -x "$package" "$folder/new"; done
rm -rf "$folder"/new/usr/share/{doc,man,locale} "$folder/new/var"
rm -rf "$folder/unpacked"
mv "$folder/new" "$folder/unpacked"
