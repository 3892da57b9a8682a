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
exec cc "$@" -Wl,--icf=all,--bp-compression-sort=both
