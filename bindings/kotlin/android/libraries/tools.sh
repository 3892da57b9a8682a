#!/usr/bin/env bash
# Sees to it that aapt2, zip and unzip are there: installs them where that works unattended.
set -euo pipefail

missing=()
for tool in aapt2:aapt unzip:unzip zip:zip; do
  command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -q >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 && exit 0
fi
echo "missing: ${missing[*]} (on Debian: apt-get install ${missing[*]})" >&2
# "unavailable" (sysexits.h)
exit 69
