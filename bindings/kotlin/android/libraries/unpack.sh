#!/usr/bin/env bash
# In the target directory: classes of all libraries to classes/, their resources to compiled/, manifests to
# manifests/, what the framework has of resources to framework.apk.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/tools.sh"

# Once is enough until a version or this file changes.
done_for="$(cat "$here/unpack.sh" "$here/pom.xml" | cksum)"
[ "$(cat unpacked 2>/dev/null)" != "$done_for" ] || exit 0

rm -rf unpacked unpacking classes compiled manifests packages framework.apk
mkdir -p unpacking classes compiled manifests
for library in libraries/*; do
  name="$(basename "$library")"
  if [ "${name##*.}" = jar ]; then
    unzip -q -o "$library" -d classes
    continue
  fi
  name="${name%.aar}" content="unpacking/${name%.aar}"
  unzip -q -o "$library" -d "$content"
  unzip -q -o "$content/classes.jar" -d classes
  cp "$content/AndroidManifest.xml" "manifests/$name.xml"
  if [ -d "$content/res" ] && [ -n "$(find "$content/res" -type f -print -quit)" ]; then
    aapt2 compile --dir "$content/res" -o "compiled/$name.zip"
  fi
  # Who names resources has a class R, which is made when an app is linked.
  if [ -s "$content/R.txt" ]; then
    grep -oP -m1 'package="\K[^"]*' "$content/AndroidManifest.xml" >> packages
  fi
done
unzip -q -o framework/android-all-*.jar resources.arsc AndroidManifest.xml -d unpacking/framework
(cd unpacking/framework && zip -q -0 -X ../../framework.apk ./*)
rm -r unpacking
echo "$done_for" > unpacked
