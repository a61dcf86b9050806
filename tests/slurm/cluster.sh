#!/usr/bin/env bash
# A real single-node Slurm for tests:  cluster.sh up | down
#
# Needs root and Debian's packages slurm-wlm and munge (installed if they are missing).  No systemd, no cgroups; all
# daemons listen on the loopback interface only, and are stopped by the process numbers that they wrote down.
# Partitions: main; low, whose jobs a job in high requeues.
set -euo pipefail

MARK='# written by tests/slurm/cluster.sh'
CONF=/etc/slurm/slurm.conf
STATE=/var/spool/slurmctld SPOOL=/var/spool/slurmd LOGS=/var/log/slurm RUN=/run/slurm

die() { printf 'cluster.sh: %s\n' "$*" >&2; exit 1; }

alive() { # alive PIDFILE NAME
  local pid
  [ -s "$1" ] || return 1
  pid=$(tr -dc '0-9' <"$1")
  [ -n "$pid" ] && [ -d "/proc/$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$2"
}

stop() { # stop PIDFILE NAME
  local pid i
  if alive "$1" "$2"; then
    pid=$(tr -dc '0-9' <"$1")
    kill -TERM "$pid" || true
    for ((i = 0; i < 100; i++)); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
    if [ -d "/proc/$pid" ]; then kill -KILL "$pid" || true; fi
  fi
  rm -f "$1"
}

wait_for() { # wait_for SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

install_packages() {
  command -v slurmctld >/dev/null && command -v munged >/dev/null && return 0
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null 2>&1 || {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
  }
}

configure() {
  local host cpus mem
  host=$(hostname -s) cpus=$(nproc)
  mem=$(awk '/^MemTotal:/ {printf "%d", $2 / 1024 * 0.9}' /proc/meminfo)
  if [ -e "$CONF" ] && ! grep -qF "$MARK" "$CONF"; then die "$CONF is not this script's: not touching it"; fi
  mkdir -p /etc/slurm
  # cred_expire is also how long a requeued job waits before it may start again (default: 120 s)
  cat >"$CONF" <<CONF
$MARK
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=cred_expire=10
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=bf_interval=1,batch_sched_delay=0,sched_interval=2,sched_min_interval=100000
MaxArraySize=4
KillWait=5
StateSaveLocation=$STATE
SlurmdSpoolDir=$SPOOL
SlurmctldPidFile=$RUN/slurmctld.pid
SlurmdPidFile=$RUN/slurmd.pid
SlurmctldLogFile=$LOGS/slurmctld.log
SlurmdLogFile=$LOGS/slurmd.log
MailProg=/bin/true
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$mem State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=5 PreemptMode=OFF
PartitionName=low  Nodes=$host MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=0
PartitionName=high Nodes=$host MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
}

start_munge() {
  install -d -o munge -g munge -m 700 /etc/munge /var/log/munge
  install -d -o munge -g munge -m 755 /run/munge
  install -d -o munge -g munge -m 711 /var/lib/munge
  if [ ! -s /etc/munge/munge.key ]; then
    dd if=/dev/urandom bs=1 count=1024 of=/etc/munge/munge.key 2>/dev/null
    chown munge:munge /etc/munge/munge.key
    chmod 400 /etc/munge/munge.key
  fi
  munge -n >/dev/null 2>&1 && return 0
  rm -f /run/munge/munge.socket.2*
  runuser -u munge -- /usr/sbin/munged
  wait_for 10 munge -n || die "munged does not answer"
}

idle() { [ "$(sinfo -h -N -o %T | head -n 1)" = idle ]; }

controller() { # start the controller alone: tests stop it in the middle
  alive "$RUN/slurmctld.pid" slurmctld || /usr/sbin/slurmctld
  wait_for 30 scontrol ping || die "slurmctld does not answer (see $LOGS/slurmctld.log)"
}

up() {
  [ "$(id -u)" = 0 ] || die "needs root"
  install_packages
  install -d -o slurm -g slurm -m 755 "$STATE" "$LOGS" "$RUN"
  install -d -m 755 "$SPOOL"
  stop "$RUN/slurmd.pid" slurmd
  stop "$RUN/slurmctld.pid" slurmctld
  configure
  start_munge
  controller
  /usr/sbin/slurmd
  wait_for 10 idle || scontrol update nodename="$(hostname -s)" state=resume || true
  wait_for 20 idle || die "the node is not ready: $(sinfo -h -N -o '%T %E')"
}

down() {
  if scontrol ping >/dev/null 2>&1; then
    squeue -h -o %A | sort -u | xargs -r scancel || true
    wait_for 15 sh -c '[ -z "$(squeue -h -o %i)" ]' || true
  fi
  stop "$RUN/slurmd.pid" slurmd
  stop "$RUN/slurmctld.pid" slurmctld
  stop /run/munge/munged.pid munged
}

case "${1:-}" in
  up | down | controller) "$1" ;;
  stop-controller) stop "$RUN/slurmctld.pid" slurmctld ;;
  *) die "usage: cluster.sh up | down | controller | stop-controller" ;;
esac
