# What `./game` uses beside the .NET SDK: where it is found, and how `./game test` gets it. Sourced by ./game, from the repository's top.
# shellcheck shell=bash

# Kafka is no Debian package, and kustomize 5 none of Debian 12: they are unpacked here and installed nowhere.
unpacked=$PWD/artifacts/tools
kafka_release=kafka_2.13-4.3.0
kafka_archive=https://archive.apache.org/dist/kafka/4.3.0/$kafka_release.tgz
kafka_sha512=ee36cf508b519769e253acdfa13add23f405ab42b241ca641589843df6a5c7bc72289301eb410a645ce7cd1cd0fe20921143b9074dfbfe72605943140d4e8cb1

use_unpacked() {
  [[ ! -d "$unpacked/kubectl/usr/bin" ]] || export PATH="$unpacked/kubectl/usr/bin:$PATH"
  [[ -n "${GAME_KAFKA:-}${KAFKA_HOME:-}" || ! -d "$unpacked/$kafka_release/libs" ]] || export KAFKA_HOME="$unpacked/$kafka_release"
}

find_postgres() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres 2> /dev/null | sort -V | tail -1 | grep .; }
find_rabbitmq() { ls /usr/lib/rabbitmq/bin/rabbitmq-server 2> /dev/null || command -v rabbitmq-server; }
find_promtool() { command -v promtool; }
find_java() { command -v java; }
find_kafka() { # the folder of its jars, as the tests look for it
  local folder
  find_java > /dev/null || return 1
  for folder in "${GAME_KAFKA:-}" "${KAFKA_HOME:-}" "$PWD/../shared/kafka"; do
    [[ -f "$folder" ]] && folder=$(dirname "$folder")
    [[ -n "$folder" && -d "$folder/libs" ]] && { (cd "$folder/libs" && pwd); return; }
  done
  return 1
}
find_kubectl() { # one whose kustomize renders the manifests: they need version 5
  local program
  program=$(command -v kubectl) && kubectl kustomize k8s/overlays/prod > /dev/null 2>&1 && echo "$program"
}

say() { # name, what it is for, what to do where it is missing
  local place
  if place=$("find_$1"); then echo "$1: $place ($2)"; else echo "$1: missing; $3"; fi
}

# What the tests use, a line each. Where something is missing, its tests are skipped; on CI they fail.
report_test_requirements() {
  local missing="its tests are skipped"
  [[ "${CI:-}" != true ]] || missing="its tests fail"
  say postgres "the tests start servers of their own from it" "$missing (Debian: postgresql)"
  say rabbitmq "the tests start brokers of their own from it" "$missing (Debian: rabbitmq-server)"
  say kafka "the tests start brokers of their own from it" "$missing (Java 17, and KAFKA_HOME or GAME_KAFKA, a folder of Apache Kafka 4)"
  say promtool "checks the alerts" "$missing (Debian: prometheus)"
  say kubectl "renders k8s/" "$missing (Debian 13: kubectl)"
}

install_test_requirements() {
  local packages=() as_root=
  find_postgres > /dev/null || packages+=(postgresql)
  find_rabbitmq > /dev/null || packages+=(rabbitmq-server)
  find_promtool > /dev/null || packages+=(prometheus)
  find_java > /dev/null || packages+=(java)
  if ((${#packages[@]})); then
    ((EUID == 0)) || as_root="sudo -n"
    if ! command -v apt-get > /dev/null; then echo "missing: ${packages[*]}; there is no apt-get to install them with"
    elif ! ${as_root:-true} true 2> /dev/null; then echo "missing: ${packages[*]}; installing them takes root, or sudo without a password"
    else install_packages "$as_root" "${packages[@]}"
    fi
  fi
  find_kubectl > /dev/null || unpack_kubectl || echo "kubectl with kustomize 5 could not be had from Debian 13"
  if ! find_kafka > /dev/null && find_java > /dev/null; then
    unpack_kafka || echo "Apache Kafka could not be had from $kafka_archive"
  fi
  use_unpacked
}

install_packages() { # how to become root, package...
  local as_root=$1 package packages=() policy=/usr/sbin/policy-rc.d services=()
  shift
  echo "installing: $*"
  $as_root apt-get update -qq || { echo "apt-get update failed"; return 0; }
  for package in "$@"; do
    case "$package" in
      java) # Debian 12 has 17, Debian 13 only later ones; Kafka takes both
        if apt-cache show openjdk-17-jre-headless > /dev/null 2>&1; then packages+=(openjdk-17-jre-headless); else packages+=(default-jre-headless); fi ;;
      rabbitmq-server|prometheus) packages+=("$package"); services+=("$package") ;;
      *) packages+=("$package") ;;
    esac
  done

  # The tests start servers of their own; those that Debian would start, now and at every boot, are not wanted.
  if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
    $as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf > /dev/null
  fi
  if [[ -e "$policy" ]]; then policy=
  else
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" > /dev/null
    $as_root chmod +x "$policy"
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null \
    || echo "apt-get could not install ${packages[*]}"
  [[ -z "$policy" ]] || $as_root rm "$policy"
  if [[ -d /run/systemd/system ]] && ((${#services[@]})); then $as_root systemctl disable --quiet "${services[@]}"; fi
}

# Debian 13's package runs on 12 too.
unpack_kubectl() {
  local folder mirror apt
  command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || return 1
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/$') || return 1 # the one this machine is set up with
  echo "unpacking: kubectl of Debian 13 into $unpacked"
  folder=$(mktemp -d)
  mkdir -p "$folder"/{lists,cache/archives}/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$folder/list"
  apt=(apt-get -qq -o Dir::Etc::SourceList="$folder/list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$folder/lists"
    -o Dir::Cache="$folder/cache" -o APT::Sandbox::User="$(id -un)")
  if "${apt[@]}" update && (cd "$folder" && "${apt[@]}" download kubectl/trixie); then
    mkdir -p "$unpacked/kubectl"
    dpkg-deb -x "$folder"/kubectl_*.deb "$unpacked/kubectl"
  fi
  rm -rf "$folder"
  [[ -x "$unpacked/kubectl/usr/bin/kubectl" ]]
}

unpack_kafka() {
  local archive=$unpacked/$kafka_release.tgz
  command -v curl > /dev/null || { echo "curl is missing"; return 1; }
  echo "unpacking: $kafka_archive into $unpacked"
  mkdir -p "$unpacked"
  curl -fsSL --connect-timeout 10 --retry 2 -o "$archive" "$kafka_archive" || return 1
  if ! echo "$kafka_sha512  $archive" | sha512sum --check --status; then
    rm "$archive"
    echo "what came is not the archive that is wanted: its checksum differs"
    return 1
  fi
  tar -xzf "$archive" -C "$unpacked" && rm "$archive"
}
