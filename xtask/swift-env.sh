#!/usr/bin/env bash
# Runs a command where there is Debian's Swift, on a Linux machine that has none.
#
#   swift-env.sh [--bind DIRECTORY]... -- COMMAND [ARGUMENT...]
#
# The tool chain is unpacked once, without root, into a cache folder (download 0.6 GB, unpacked 2.7 GB) and is
# entered with chroot in a private mount namespace, which ends with the command. Of the machine the command
# sees the directories named by --bind, and the present one must be inside of one of them.
# Ends with 69 where the tool chain cannot be had; otherwise the exit code is the command's.
set -euo pipefail

suite=trixie
# libssl-dev: the tests sign with OpenSSL, in place of the key store that a phone has.
packages=(base-files bash ca-certificates coreutils dash findutils grep libc-bin libc6-dev libssl-dev
  libstdc++-14-dev sed swiftlang)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stepup
root=$cache/swift-$suite
stamp=.ready                                     # names what was unpacked

say() { printf 'swift: %s\n' "$*" >&2; }
unavailable() { say "$*"; exit 69; }

binds=()
while [[ ${1-} == --bind ]]; do binds+=("$(cd "$2" && pwd -P)"); shift 2; done
[[ ${1-} == -- && $# -gt 1 ]] || unavailable "usage: swift-env.sh [--bind DIRECTORY]... -- COMMAND"
shift

namespace=(unshare --mount --propagation private)
((EUID == 0)) || namespace+=(--user --map-root-user)

is_ready() { [[ -f $root/$stamp && $(<"$root/$stamp") == "${packages[*]}" ]]; }

# The archive from which this machine has its own packages: the same one keeps the suite.
mirror() {
  local release; release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$1 == release && $2 == "main" && !found++ { sub(/\/$/, "", $3); print $3 }'
}

# Downloads the packages with all they need (apt checks the signatures) and unpacks them; nothing is installed.
unpack() {
  local url=$1 apt=$2 into=$3 options file
  mkdir -p "$apt"/{etc/preferences.d,lists/partial,archives/partial,none/partial} "$into"
  : > "$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $suite main" > "$apt/etc/sources.list"
  options=(-qqy --no-install-recommends -o Debug::NoLocking=1 -o APT::Sandbox::User=root
    -o Dir::Etc="$apt/etc" -o Dir::Etc::sourcelist="$apt/etc/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" -o Acquire::Languages=none)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" --download-only install "${packages[@]}"
  for file in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x --no-same-owner --keep-directory-symlink -C "$into"
  done
}

# What the packages' own scripts would have done, as far as it is needed.
settle() {
  local into=$1
  mkdir -p "$into"/mnt
  echo "root:x:0:0:root:/home:/bin/sh" > "$into/etc/passwd"
  echo "root:x:0:" > "$into/etc/group"
  chroot "$into" /usr/sbin/ldconfig
}

prepare() {
  mkdir -p "$cache"
  exec 9> "$root.lock"
  flock 9
  if is_ready; then exec 9>&-; return; fi
  [[ -f /usr/share/keyrings/debian-archive-keyring.gpg ]] || unavailable "no \`swift\` in PATH, and this is no Debian"
  local url; url=$(mirror)
  [[ -n $url ]] || unavailable "no \`swift\` in PATH, and apt knows no archive of Debian"
  say "none in PATH: Debian's is downloaded once into $root"
  rm -rf "$root" "$root.partial" "$root.apt"
  export suite stamp; export -f unpack settle
  "${namespace[@]}" bash -euo pipefail -c '
    packages=("${@:4}"); unpack "$1" "$2" "$3"; settle "$3"
  ' prepare "$url" "$root.apt" "$root.partial" "${packages[@]}" >&2 || unavailable "the tool chain cannot be prepared"
  printf '%s' "${packages[*]}" > "$root.partial/$stamp"
  mv -T "$root.partial" "$root"
  rm -rf "$root.apt"
  exec 9>&-
}

if ! is_ready; then prepare; fi

# What the command sees is a small file system of its own, into which the tool chain and the directories are
# bound: nothing is created in the tool chain, and no mount can be left over.
export root cache
mkdir -p "$cache/swift-home"
exec "${namespace[@]}" bash -euo pipefail -c '
  count=$1; shift
  new=$root/mnt
  mount -t tmpfs -o mode=755 swift "$new"
  mkdir -p "$new"/{home,tmp}; chmod 1777 "$new/tmp"
  for name in bin sbin lib lib64 usr etc var; do
    if [[ -L $root/$name ]]; then cp -P "$root/$name" "$new/$name"
    elif [[ -d $root/$name ]]; then mkdir "$new/$name"; mount --bind "$root/$name" "$new/$name"; fi
  done
  for name in proc dev sys; do mkdir "$new/$name"; mount --rbind "/$name" "$new/$name"; done
  mount --bind "$cache/swift-home" "$new/home"
  for ((; count > 0; count--)); do mkdir -p "$new$1"; mount --bind "$1" "$new$1"; shift; done
  here=$(pwd -P)
  exec chroot "$new" /usr/bin/env HOME=/home LC_ALL=C.UTF-8 TMPDIR=/tmp \
    PATH=/usr/bin:/usr/sbin:/usr/libexec/swift/bin /bin/sh -c "cd \"\$0\" && exec \"\$@\"" "$here" "$@"
' run "${#binds[@]}" "${binds[@]}" "$@"
