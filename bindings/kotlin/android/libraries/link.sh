#!/usr/bin/env bash
# Links an app's resources and manifest with those of its libraries, as an Android build does.
#
#   link.sh <output> <package> <manifest> [--library <package> <directory>]… <resources>…
#
# <output>/resources.apk is the table, <output>/AndroidManifest.xml the merged manifest and <output>/java the
# classes R: of <package> and of every library. A --library is one of this repository: a directory with an
# AndroidManifest.xml and perhaps a res/. <resources> are the app's own directories of resources.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
target="$here/target"
"$here/tools.sh"

output="$1" package="$2" manifest="$3"
shift 3
rm -rf "$output"
mkdir -p "$output/java" "$output/compiled"

# What the framework has of resources, and what of each library, is made for all apps together.
framework="$target/unpacked/framework.apk"
if [ ! -e "$framework" ]; then
  content="$(mktemp -d)"
  unzip -q "$target"/framework/android-all-*.jar resources.arsc AndroidManifest.xml -d "$content"
  (cd "$content" && zip -q -0 -X framework.apk resources.arsc AndroidManifest.xml)
  mv "$content/framework.apk" "$framework"
  rm -r "$content"
fi
manifests=() packages=() overlays=()
for library in "$target"/unpacked/*/; do
  manifests+=("$library/AndroidManifest.xml")
  if [ -d "$library/res" ] && [ -n "$(find "$library/res" -type f -print -quit)" ]; then
    [ -e "$library/compiled.zip" ] || aapt2 compile --dir "$library/res" -o "$library/compiled.zip"
    overlays+=(-R "$library/compiled.zip")
  fi
  # Who names resources has a class R.
  if [ -s "$library/R.txt" ]; then
    packages+=("$(grep -oP -m1 'package="\K[^"]*' "$library/AndroidManifest.xml")")
  fi
done

compile() {
  local compiled="$output/compiled/${#overlays[@]}.zip"
  aapt2 compile --dir "$1" -o "$compiled"
  overlays+=(-R "$compiled")
}
while [ $# -gt 0 ]; do
  if [ "$1" = --library ]; then
    packages+=("$2")
    manifests+=("$3/AndroidManifest.xml")
    [ ! -d "$3/res" ] || compile "$3/res"
    shift 3
  else
    compile "$1"
    shift
  fi
done

separated() { local IFS=:; echo "$*"; }
java -cp "$(separated "$target"/merger/*.jar)" com.android.manifmerger.Merger \
  --main "$manifest" --libs "$(separated "${manifests[@]}")" --out "$output/AndroidManifest.xml" \
  --property "PACKAGE=$package" --property MIN_SDK_VERSION=26 --property TARGET_SDK_VERSION=35 \
  --log WARNING
# This aapt2 does not know the element in which an app says which others it wants to see.
sed '/<queries>/,/<\/queries>/d' "$output/AndroidManifest.xml" > "$output/compiled/AndroidManifest.xml"
aapt2 link -I "$framework" --manifest "$output/compiled/AndroidManifest.xml" --auto-add-overlay \
  --extra-packages "$(separated "${packages[@]}")" --java "$output/java" -o "$output/resources.apk" \
  "${overlays[@]}"
rm -r "$output/compiled"
