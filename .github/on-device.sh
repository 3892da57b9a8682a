#!/usr/bin/env bash
# Runs a program on the Android device or emulator that adb sees: on-device.sh PROGRAM [ARGUMENT...]
set -euo pipefail
folder=/data/local/tmp
name=$(basename "$1")
adb push "$1" "$folder/$name" > /dev/null
shift
# The exit code is the program's own.
status=0
adb shell "cd $folder && TMPDIR=$folder ./$name $*; code=\$?; rm -f $name; exit \$code" || status=$?
exit "$status"
