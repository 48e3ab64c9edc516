#!/usr/bin/env bash
# Says whether a cluster of Amazon EMR serves. See disaster-recovery.md beside it.
# shellcheck disable=SC2317 # check() calls the functions ask_* by their names.
set -euo pipefail

usage() {
  cat << 'END'
Usage: health-check.sh --host NAME [OPTION]...
Asks ResourceManager, NameNode, Livy and HBase's master of a cluster how they are, over HTTP.

  --host NAME               the cluster's primary node
  --checks LIST             of resourcemanager, namenode, livy and hbase, separated by commas; all
                            by default
  --min-region-servers N    HBase is well with so many live region servers; 1 by default
  --attempts N              ask up to so many times before a service counts as failed; 3 by default
  --interval SECONDS        between two attempts; 10 by default
  --timeout SECONDS         for one answer; 5 by default
  --resourcemanager-port N  8088 by default
  --namenode-port N         9870 by default
  --livy-port N             8998 by default
  --hbase-port N            16010 by default, the master's web port
  --help

Exit code: 0 if all that were asked are well, else the sum of those that failed: 1 ResourceManager,
2 NameNode, 4 Livy, 8 HBase. 64 wrong usage.
END
}

misused() {
  printf '%s (--help tells all options)\n' "$*" >&2
  exit 64
}

host='' checks=resourcemanager,namenode,livy,hbase
min_region_servers=1 attempts=3 interval=10 timeout=5
resourcemanager_port=8088 namenode_port=9870 livy_port=8998 hbase_port=16010
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --host | --checks) ;;
    --min-region-servers | --attempts | --interval | --timeout | --resourcemanager-port | \
      --namenode-port | --livy-port | --hbase-port)
      [[ ${2-} =~ ^[0-9]{1,6}$ ]] || misused "Invalid $1: ${2-}, must be a number"
      ;;
    *) misused "Unknown argument $1" ;;
  esac
  [ $# -ge 2 ] || misused "Missing value of $1"
  name=${1#--}
  printf -v "${name//-/_}" %s "$2"
  shift 2
done
[ -n "$host" ] || misused 'Missing --host'
[ "$attempts" -ge 1 ] || misused "Invalid --attempts: $attempts, must be 1 or more"
[[ $checks =~ ^(resourcemanager|namenode|livy|hbase)(,(resourcemanager|namenode|livy|hbase))*$ ]] \
  || misused "Invalid --checks: $checks, must be of resourcemanager, namenode, livy and hbase"

# The answer to a request, or why there is none, on standard output.
get() {
  curl --silent --show-error --fail --max-time "$timeout" "http://$host:$1$2" 2>&1
}

# The value of a name in a JSON text that has it once.
value_of() {
  grep -Eo "\"$1\" *: *(\"[^\"]*\"|[^,} ]+)" <<< "$2" | head -n 1 | sed 's/^[^:]*: *//; s/"//g'
}

ask_resourcemanager() {
  local answer state
  answer=$(get "$resourcemanager_port" /ws/v1/cluster/info) || { echo "$answer"; return 1; }
  state="$(value_of state "$answer"), $(value_of haState "$answer")"
  echo "$state"
  [ "$state" = 'STARTED, ACTIVE' ]
}

ask_namenode() {
  local status system state
  status=$(get "$namenode_port" '/jmx?qry=Hadoop:service=NameNode,name=NameNodeStatus') \
    || { echo "$status"; return 1; }
  system=$(get "$namenode_port" '/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState') \
    || { echo "$system"; return 1; }
  state="$(value_of State "$status"), $(value_of FSState "$system")"
  echo "$state, $(value_of NumLiveDataNodes "$system") live DataNodes"
  [ "$state" = 'active, Operational' ]
}

ask_livy() {
  local answer total
  answer=$(get "$livy_port" '/sessions?from=0&size=1') || { echo "$answer"; return 1; }
  total=$(value_of total "$answer") || { echo "no list of sessions: $answer"; return 1; }
  echo "$total sessions"
}

ask_hbase() {
  local server assignment active live dead late
  server=$(get "$hbase_port" '/jmx?qry=Hadoop:service=HBase,name=Master,sub=Server') \
    || { echo "$server"; return 1; }
  assignment=$(get "$hbase_port" '/jmx?qry=Hadoop:service=HBase,name=Master,sub=AssignmentManager') \
    || { echo "$assignment"; return 1; }
  active=$(value_of tag.isActiveMaster "$server") || active=unknown
  live=$(value_of numRegionServers "$server") || live=0
  dead=$(value_of numDeadRegionServers "$server") || dead=unknown
  late=$(value_of ritCountOverThreshold "$assignment") || late=unknown
  echo "active master $active, $live live and $dead dead region servers, $late regions stuck"
  [ "$active" = true ] && [ "$live" -ge "$min_region_servers" ] && [ "$late" = 0 ]
}

failed=0
check() {
  local title=$1 code=$2 ask=$3 attempt answer
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    if [ "$attempt" -gt 1 ]; then sleep "$interval"; fi
    if answer=$("$ask"); then
      printf 'ok      %-15s %s\n' "$title" "$answer"
      return 0
    fi
  done
  printf 'FAILED  %-15s %s\n' "$title" "$answer"
  failed=$((failed + code))
}

if [[ ,$checks, == *,resourcemanager,* ]]; then check ResourceManager 1 ask_resourcemanager; fi
if [[ ,$checks, == *,namenode,* ]]; then check NameNode 2 ask_namenode; fi
if [[ ,$checks, == *,livy,* ]]; then check Livy 4 ask_livy; fi
if [[ ,$checks, == *,hbase,* ]]; then check HBase 8 ask_hbase; fi
exit "$failed"
