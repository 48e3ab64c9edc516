#!/usr/bin/env bash
# Bootstrap action of Amazon EMR 7: installs Breakwater's plugins on a node. See README.md beside it.
set -Eeuo pipefail
umask 022

usage() {
  cat << 'END'
Usage: bootstrap-action.sh --source FILE --sha256 HEX --plugins LIST [OPTION]...
Installs Breakwater on a node of Amazon EMR. Run again, it changes nothing; interrupted and run
again, it completes; with another distribution, it replaces the one before.

  --source FILE            breakwater-VERSION-dist.tar.gz: s3://BUCKET/KEY or an absolute path
  --sha256 HEX             its SHA-256
  --plugins LIST           of hbase, iceberg and lineage, separated by commas; or all
  --openlineage FILE       openlineage-spark_2.12-VERSION.jar, for lineage: s3://BUCKET/KEY or an
                           absolute path. Left out if something else puts one into Spark's jars
  --openlineage-sha256 HEX its SHA-256
  --dry-run                say what would be done, and do nothing
  --root DIR               take DIR for /, for tests
  --help

Exit codes: 0 done, 1 failed and nothing changed or only a part that the next run completes,
2 wrong usage.
END
}

say() { printf 'breakwater: %s\n' "$*"; }
fail() {
  printf 'breakwater: %s\n' "$*" >&2
  exit 1
}
misused() {
  printf 'breakwater: %s (--help tells all options)\n' "$*" >&2
  exit 2
}

# Runs a command of which nobody needs to see more than why it failed: attempt WHAT COMMAND...
attempt() {
  local what=$1 reason
  shift
  reason=$("$@" 2>&1) || fail "Cannot $what: ${reason//$'\n'/; }"
}

arguments=("$@")
source='' sha256='' plugins='' openlineage='' openlineage_sha256='' root='' dry_run=false
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --dry-run) dry_run=true; shift; continue ;;
    --source | --sha256 | --plugins | --openlineage | --openlineage-sha256 | --root) ;;
    *) misused "Unknown argument $1" ;;
  esac
  [ $# -ge 2 ] || misused "Missing value of $1"
  name=${1#--}
  printf -v "${name//-/_}" %s "$2"
  shift 2
done

check_file_argument() {
  case $2 in
    s3://?*/?* | /?*) ;;
    *) misused "Invalid $1: $2, must be s3://BUCKET/KEY or an absolute path" ;;
  esac
}
check_sha256() {
  [[ $2 =~ ^[0-9a-f]{64}$ ]] || misused "Invalid $1: $2, must be 64 of 0-9 and a-f"
}
[ -n "$source" ] || misused 'Missing --source'
[ -n "$sha256" ] || misused 'Missing --sha256'
[ -n "$plugins" ] || misused 'Missing --plugins'
check_file_argument --source "$source"
check_sha256 --sha256 "$sha256"
[[ ${source##*/} =~ ^breakwater-([0-9][0-9A-Za-z.-]*)-dist\.tar\.gz$ ]] \
  || misused "Invalid --source: $source, must be called breakwater-VERSION-dist.tar.gz"
version=${BASH_REMATCH[1]}
[ "$plugins" != all ] || plugins=hbase,iceberg,lineage
[[ $plugins =~ ^(hbase|iceberg|lineage)(,(hbase|iceberg|lineage))*$ ]] \
  || misused "Invalid --plugins: $plugins, must be of hbase, iceberg and lineage, or all"
if [ -n "$openlineage$openlineage_sha256" ]; then
  check_file_argument --openlineage "$openlineage"
  check_sha256 --openlineage-sha256 "$openlineage_sha256"
fi
if [ -n "$root" ]; then
  [ -d "$root" ] || misused "Invalid --root: $root, must be a directory"
  root=$(cd "$root" && pwd -P)
fi
wants() { [[ ,$plugins, == *,$1,* ]]; }

# EMR runs bootstrap actions as the user hadoop.
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  exec sudo -n -- bash "$0" "${arguments[@]}"
fi

base=$root/opt/breakwater
hbase_lib=$root/usr/lib/hbase/lib
spark_jars=$root/usr/lib/spark/jars
iceberg_lib=$root/usr/share/aws/iceberg/lib
commands=$root/usr/local/bin
spool=$root/mnt/var/lib/breakwater-lineage
# What is in it follows from its name, so that a release that is there is never changed.
release=$base/$version-$(printf '%s %s' "$sha256" "$openlineage_sha256" | sha256sum | cut -c1-12)

is_master() {
  local file text
  for file in "$root/mnt/var/lib/info/instance.json" \
    "$root/emr/instance-controller/lib/info/instance.json"; do
    [ -f "$file" ] || continue
    text=$(tr -d '[:space:]' < "$file") || fail "Cannot read $file"
    case $text in
      *'"isMaster":true'*) return 0 ;;
      *'"isMaster":false'*) return 1 ;;
      *) fail "Cannot tell a master from a core node: $file has no isMaster" ;;
    esac
  done
  fail "Cannot tell a master from a core node: $root/mnt/var/lib/info/instance.json is missing; is this a node of EMR?"
}
if is_master; then role=master; else role='core or task'; fi
say "this is a $role node; version $version, plugins $plugins"

# What a host's directory gets: a line for each link, its directory, its name, and where it leads
# to below the current release; and "no" before it if it must not be there.
links() {
  local hbase=no spark=no lineage=no brought=no master=no hbase_master=no
  if wants hbase; then hbase=yes; fi
  if wants iceberg; then spark=yes; fi
  if wants lineage; then
    lineage=yes
    if [ -n "$openlineage" ]; then brought=yes; fi
  fi
  if [ "$role" = master ]; then
    master=$lineage
    hbase_master=$hbase
  fi
  echo "$hbase $hbase_lib hbase-wal-plugin.jar plugins/hbase-wal-plugin.jar"
  echo "$spark $spark_jars iceberg-maintenance.jar plugins/iceberg-maintenance.jar"
  # Beside Iceberg's own, for those who name the jars of that directory; on no class path by itself.
  # Not made if it is not there: the package that brings it may have a link in its place.
  if [ -d "$iceberg_lib" ]; then
    echo "$spark $iceberg_lib iceberg-maintenance.jar plugins/iceberg-maintenance.jar"
  fi
  echo "$lineage $spark_jars spark-listener.jar plugins/spark-listener.jar"
  echo "$brought $spark_jars openlineage-spark.jar plugins/openlineage-spark.jar"
  echo "$hbase_master $commands breakwater-wal bin/breakwater-wal"
  echo "$master $commands breakwater-lineage bin/breakwater-lineage"
}
ours() { [ -L "$1" ] && [[ $(readlink "$1") == "$base/"* ]]; }

# A second copy of a plugin under another name would be on the class path beside ours.
refuse_foreign_files() {
  local wanted directory name target other
  while read -r wanted directory name target; do
    [ "$wanted" = yes ] || continue
    for other in "$directory/$name" "$directory/${name%.jar}"-[0-9]*.jar; do
      { [ -e "$other" ] || [ -L "$other" ]; } || continue
      ours "$other" || fail "Cannot install $name: $other is there and not ours; remove it"
    done
  done < <(links)
  if wants lineage; then
    for other in "$spark_jars"/openlineage-spark*.jar; do
      [ -e "$other" ] || continue
      if ours "$other"; then continue; fi
      [ -z "$openlineage" ] \
        || fail "Cannot install OpenLineage: $other is there already; remove it, or leave out --openlineage"
      return 0
    done
    [ -n "$openlineage" ] \
      || fail "Cannot install lineage: no openlineage-spark*.jar in $spark_jars; name one with --openlineage"
  fi
}
refuse_foreign_files

if $dry_run; then
  say "would fetch $source and unpack it to $release"
  while read -r wanted directory name target; do
    if [ "$wanted" = yes ]; then say "would link $directory/$name to $base/current/$target"; fi
  done < <(links)
  say 'nothing was changed'
  exit 0
fi

# A run that was killed may have left a child behind: it has the lock for as long as it lives.
attempt "make $base" mkdir -p "$base"
exec 9> "$base/.lock" || fail "Cannot write to $base"
flock -w 300 9 || fail "Cannot install: another run has had $base/.lock for 5 minutes"

stage=''
discard_stage() { if [ -n "$stage" ]; then rm -rf "$stage"; fi; }
trap discard_stage EXIT
trap 'fail "Cannot go on: line $LINENO: $BASH_COMMAND failed"' ERR
attempt 'remove what an interrupted run left' rm -rf "$base"/.stage-* "$base"/.current-*
attempt 'remove what an interrupted run left' rm -f "$hbase_lib"/.breakwater-* \
  "$spark_jars"/.breakwater-* "$iceberg_lib"/.breakwater-* "$commands"/.breakwater-*

# The tree as it was unpacked: every file of SHA256SUMS, whole, and no other.
verify_sums() {
  (
    cd "$1" || exit 1
    sha256sum --check --strict --quiet SHA256SUMS \
      && diff <(sed 's/^[0-9a-f]* [ *]//; s|^\./||' SHA256SUMS | sort) \
        <(find . -type f ! -path ./SHA256SUMS ! -path './plugins/*' -printf '%P\n' | sort)
  )
}
verify_openlineage() {
  [ -z "$openlineage" ] \
    || printf '%s  %s\n' "$openlineage_sha256" "$1/plugins/openlineage-spark.jar" \
    | sha256sum --check --strict --quiet -
}

fetch() {
  case $1 in
    s3://*)
      command -v aws > /dev/null || fail "Cannot fetch $1: there is no command aws"
      attempt "fetch $1" aws s3 cp --only-show-errors "$1" "$2"
      ;;
    *) attempt "fetch $1" cp "$1" "$2" ;;
  esac
  local actual
  actual=$(sha256sum < "$2") || fail "Cannot read $2"
  [ "${actual%% *}" = "$3" ] \
    || fail "Cannot use $1: its SHA-256 is ${actual%% *}, must be $3; fetch it again or correct $4"
}

install_release() {
  local unpacked plugin jar
  stage=$(mktemp -d "$base/.stage-XXXXXX") || fail "Cannot make a directory in $base"
  attempt "make $stage readable" chmod 755 "$stage"
  fetch "$source" "$stage/dist.tar.gz" "$sha256" --sha256
  attempt "unpack $source" tar -xzf "$stage/dist.tar.gz" -C "$stage" --no-same-owner
  unpacked=$stage/breakwater-$version
  [ -f "$unpacked/SHA256SUMS" ] || fail "Cannot use $source: it has no breakwater-$version/SHA256SUMS"
  attempt "use $source, a file in it is not as SHA256SUMS says" verify_sums "$unpacked"
  attempt "make $unpacked/plugins" mkdir "$unpacked/plugins"
  for plugin in hbase-wal-plugin iceberg-maintenance spark-listener; do
    jar=jars/$plugin-$version.jar
    [ -f "$unpacked/$jar" ] || fail "Cannot use $source: it has no $jar"
    attempt "link $jar" ln -s "../$jar" "$unpacked/plugins/$plugin.jar"
  done
  if [ -n "$openlineage" ]; then
    fetch "$openlineage" "$unpacked/plugins/openlineage-spark.jar" "$openlineage_sha256" \
      --openlineage-sha256
  fi
  attempt 'force it to the disk' sync -f "$stage"
  attempt "put $release in place" mv -T "$unpacked" "$release"
  discard_stage
  stage=''
  say "unpacked $source to $release"
}

# Puts a symbolic link in place at once, whatever link was there.
place_link() {
  local target=$1 link=$2 temporary
  if [ -L "$link" ] && [ "$(readlink "$link")" = "$target" ]; then return 0; fi
  temporary=$(dirname "$link")/.breakwater-$BASHPID
  if [ "$link" = "$base/current" ]; then temporary=$base/.current-$BASHPID; fi
  attempt "make $(dirname "$link")" mkdir -p "$(dirname "$link")"
  attempt "link $link" ln -s "$target" "$temporary"
  attempt "link $link" mv -fT "$temporary" "$link"
  say "linked $link to $target"
}

if [ -d "$release" ]; then
  if verify_sums "$release" > /dev/null 2>&1 && verify_openlineage "$release" > /dev/null 2>&1; then
    say "$release is there and whole"
  else
    say "$release is damaged and is installed anew"
    stage=$base/.stage-damaged
    attempt "move $release away" mv -T "$release" "$stage"
    discard_stage
    install_release
  fi
else
  install_release
fi

if wants lineage && [ "$(stat -c %a "$spool" 2> /dev/null)" != 1777 ]; then
  # Each driver makes a directory of its own in it, which only its user can read.
  attempt "make $spool" mkdir -p "$spool"
  attempt "make $spool" chmod 1777 "$spool"
  say "made $spool"
fi

# From here on hosts see this version, all plugins at once.
place_link "$release" "$base/current"
while read -r wanted directory name target; do
  if [ "$wanted" = yes ]; then
    place_link "$base/current/$target" "$directory/$name"
  elif ours "$directory/$name"; then
    attempt "remove $directory/$name" rm "$directory/$name"
    say "removed $directory/$name"
  fi
done < <(links)

for old in "$base"/*/; do
  old=${old%/}
  if [ -L "$old" ] || [ "$old" = "$release" ]; then continue; fi
  attempt "remove $old" rm -rf "$old"
  say "removed $old"
done
say "done: version $version is installed in $release"
