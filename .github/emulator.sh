#!/usr/bin/env bash
# The core's tests on the Android device or emulator that adb sees. Left out are those of `wire`, which read files of
# the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=${ANDROID_NDK_HOME:?names the folder of the Android NDK}/toolchains/llvm/prebuilt/linux-x86_64/bin
target=x86_64-linux-android
export CC_x86_64_linux_android=$tools/${target}26-clang
export AR_x86_64_linux_android=$tools/llvm-ar
export CARGO_TARGET_X86_64_LINUX_ANDROID_LINKER=$CC_x86_64_linux_android
export CARGO_TARGET_X86_64_LINUX_ANDROID_RUNNER=$PWD/.github/on-device.sh

rustup target add "$target"
areas=()
for file in tests/*.rs tests/*/main.rs; do
  area=${file#tests/}
  area=${area%/main.rs}
  area=${area%.rs}
  [[ $area == wire ]] || areas+=(--test "$area")
done
exec cargo test --locked --package stepup-core --target "$target" --lib "${areas[@]}"
