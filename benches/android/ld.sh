#!/usr/bin/env bash
# Links an arm64 Android library against empty stubs of libc, libm, libdl and liblog, for measuring it on a machine
# without the Android NDK. Its size, symbols and alignment are true; it has no unwinder and no libc behind it, so it
# must never ship. The name is "ld", because the compiler takes the flavour of the linker's flags from it.
set -euo pipefail
stubs=${STEPUP_STUBS:?names the folder for the stubs}
if [[ ! -f $stubs/done ]]; then
  mkdir -p "$stubs"
  cd "$stubs"
  echo 'void stub(void) {}' > stub.c
  for library in c m dl log; do
    clang --target=aarch64-linux-android21 -nostdlib -shared -fuse-ld=lld \
      "-Wl,-soname,lib$library.so" -o "lib$library.so" stub.c
  done
  clang --target=aarch64-linux-android21 -c -o stub.o stub.c
  llvm-ar rcs libunwind.a stub.o
  llvm-ar rcs libgcc.a stub.o
  touch done
  cd - > /dev/null
fi
# As in benches/shipped/cc.sh. Rust's own linker, because an older one cannot sort for compression.
for argument in "$@"; do
  if [[ $argument == *--version-script=* ]]; then
    sed -i '/UNIFFI_META_/d' "${argument#*--version-script=}"
  fi
done
host=$(rustc -vV | sed -n 's/^host: //p')
exec "$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld" -flavor gnu -L"$stubs" -z max-page-size=16384 \
  --icf=all --bp-compression-sort=both "$@"
