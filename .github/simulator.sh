#!/usr/bin/env bash
# The Swift package on the iOS simulator, against a sandbox on this Mac: an app there can start no program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=aarch64-apple-ios-sim
rustup target add "$target"
cargo rustc --locked --package stepup-core --lib --crate-type staticlib --target "$target"
cargo build --locked --package stepup-sandbox

# The sandbox says in one line where it listens, and ends with its standard input.
announcement=$(mktemp)
exec 3> >(target/debug/stepup-sandbox --exit-with-parent > "$announcement")
for ((tries = 100; tries > 0; tries--)); do [[ -s $announcement ]] && break; sleep 0.1; done
[[ -s $announcement ]] || { echo "the sandbox does not start" >&2; exit 1; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$announcement"; }

# What begins with TEST_RUNNER_ is passed on to the tests, without that.
export TEST_RUNNER_STEPUP_SANDBOX_URL TEST_RUNNER_STEPUP_SANDBOX_ENVIRONMENT
TEST_RUNNER_STEPUP_SANDBOX_URL=$(field url)
TEST_RUNNER_STEPUP_SANDBOX_ENVIRONMENT=$(field environmentId)
export STEPUP_LIBRARY_DIRECTORY=$PWD/target/$target/debug

# By its id: of one name there are several, for several versions of the system.
devices=$(xcrun simctl list devices available)
simulator=$(sed -n 's/^ *iPhone .*(\([0-9A-F-]\{36\}\)).*/\1/p' <<< "$devices" | head -n 1)
[[ -n $simulator ]] || { echo "there is no simulator of an iPhone" >&2; exit 1; }
cd bindings/swift/simulator
xcodebuild test -scheme Simulator -destination "platform=iOS Simulator,id=$simulator"
