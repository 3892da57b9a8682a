#!/usr/bin/env bash
# Sees to it that these programs are there, by default all that this folder needs: installs them where that works
# unattended.
set -euo pipefail
[ $# -gt 0 ] || set -- aapt2 unzip zip

missing=()
for tool in "$@"; do
  command -v "$tool" >/dev/null || missing+=("${tool/aapt2/aapt}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -q >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 && exit 0
fi
echo "missing: ${missing[*]} (on Debian: apt-get install ${missing[*]})" >&2
# "unavailable" (sysexits.h)
exit 69
