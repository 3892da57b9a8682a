#!/usr/bin/env bash
# In the target directory: the classes of all libraries to classes/, everything else of each AAR to unpacked/.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/tools.sh" unzip

# Once is enough until a version or this file changes.
done_for="$(cat "$here/unpack.sh" "$here/pom.xml" | cksum)"
[ "$(cat unpacked/done-for 2>/dev/null)" != "$done_for" ] || exit 0

rm -rf unpacked classes
mkdir -p unpacked classes
for library in libraries/*; do
  classes="$library"
  if [ "${library##*.}" = aar ]; then
    content="unpacked/$(basename "$library" .aar)"
    unzip -q -o "$library" -d "$content"
    classes="$content/classes.jar"
  fi
  unzip -q -o "$classes" -d classes
done
echo "$done_for" > unpacked/done-for
