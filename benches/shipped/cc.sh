#!/usr/bin/env bash
# Links the library as it ships; see docs/adr/0005. UniFFI's metadata, which only the generator of the bindings reads, is
# taken out of the list of exports, so that the linker leaves it out. Equal functions are kept once, and like ones are put
# side by side, where compression finds them.
set -euo pipefail
for argument in "$@"; do
  if [[ $argument == *--version-script=* ]]; then
    sed -i '/UNIFFI_META_/d' "${argument#*--version-script=}"
  fi
done
# The NDK's compiler brings a linker that is older than these flags; for this machine Rust names its own anyway.
if [[ -n ${STEPUP_CC:-} ]]; then
  host=$(rustc -vV | sed -n 's/^host: //p')
  set -- "$@" "--ld-path=$(rustc --print sysroot)/lib/rustlib/$host/bin/gcc-ld/ld.lld"
fi
exec "${STEPUP_CC:-cc}" "$@" -Wl,--icf=all,--bp-compression-sort=both
