#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by ok and traced
#
# As little as it takes: CAP_BPF and CAP_PERFMON, any uid; and one clear line without them.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop setpriv unshare

scratch_loop 32M
disk=$REPLY

# Where anybody can read it.
open=$(mktemp -d) || bail_out 'no directory'
at_exit "rm -rf '$open'"
chmod 755 "$open"
cp "$bin/biolatency" "$open/biolatency" || bail_out 'no copy of the tool'

one_line() {
	[ "$(wc -l <"$err_file")" = 1 ]
}

# A user with these capabilities and no others, now or ever.
as_nobody() { # CAPABILITIES COMMAND...
	local caps=$1
	shift
	local sets=(--bounding-set="-all$caps" --inh-caps="-all$caps" --ambient-caps="-all$caps")
	run_as=(setpriv --reuid=65534 --regid=65534 --clear-groups "${sets[@]}" -- "$@")
}

# -- Not enough ---------------------------------------------------------------------------

while read -r caps missing; do
	as_nobody "${caps/-/}" "$open/biolatency" 1 1
	run "${run_as[@]}"
	is "$rc" 3 "with ${caps/-/none}: refused"
	is "$err" "biolatency: privileges: missing $missing (run as root, or grant them with setcap)" \
		"with ${caps/-/none}: says what is missing"
	is "$out" '' "with ${caps/-/none}: nothing on stdout"
done <<-'EOF'
	- CAP_BPF, CAP_PERFMON
	,+bpf CAP_PERFMON
	,+perfmon CAP_BPF
	,+net_admin,+sys_ptrace CAP_BPF, CAP_PERFMON
EOF

# Root without any is no better than others.
run setpriv --bounding-set=-all --inh-caps=-all "$open/biolatency" 1 1
is "$rc" 3 'root without capabilities: refused'
like "$err" 'missing CAP_BPF, CAP_PERFMON' 'root without capabilities: says so'

for option in --help --version; do
	as_nobody '' "$open/biolatency" $option
	run "${run_as[@]}"
	is "$rc" 0 "$option needs none"
done
as_nobody '' "$open/biolatency" abc
run "${run_as[@]}"
is "$rc" 2 'a wrong argument is told first'

# -- Enough -------------------------------------------------------------------------------

bpf=$((1 << 39))

# Before 5.11 (commit 97306be45fbe and others) maps are charged to what a user may lock.
as_nobody ',+bpf,+perfmon' "$open/biolatency" --duration 0.1
run "${run_as[@]}"
if [ "$rc" != 0 ]; then
	like "$rc $err" '^3 .*ulimit -l' 'no memory to lock: says so'
	ulimit -l unlimited
else
	pass 'maps need no memory to lock'
fi

as_nobody ',+bpf,+perfmon' "$open/biolatency" -j -D -F --phases
background "${run_as[@]}"
pid=$REPLY
ok 'with CAP_BPF and CAP_PERFMON: traces' wait_until 20 tracing "$pid"
status=$(cat "/proc/$pid/status")
value() { # NAME in /proc/PID/status
	awk -v name="$1:" '$1 == name { print $2 }' <<<"$status"
}
is "$(value Uid)" 65534 'as a user'
for set in CapEff CapPrm; do
	is "$((16#$(value $set)))" "$bpf" "$set: CAP_BPF only once it is attached"
done
for set in CapInh CapAmb; do
	is "$((16#$(value $set) & ~bpf & ~(1 << 38)))" 0 "$set: nothing else"
done
is "$((16#$(value CapAmb)))" 0 'CapAmb: nothing to pass on'
is "$(value NoNewPrivs)" 1 'no new privileges'
io "$disk" --rw=randread --number_ios=500
stop_tool "$pid"
is "$rc" 0 'as a user: ends well'
about "$(counted io ".disk == \"${disk##*/}\" and .phase == \"total\"")" 500 1 'as a user: sees all'
ok 'as a user: seen = shown + filtered + lost' conserved "$out_file"

# Root gives up the rest, too.
background_tool biolatency 1
status=$(<"/proc/$REPLY/status")
is "$((16#$(value CapEff)))" "$bpf" 'root keeps CAP_BPF only'
stop_tool "$REPLY"

# What comes later needs it: a device without requests, met while running.
later() {
	scratch_zram 16M
	late=$REPLY
	wait_until 6 grep -q "watching the bios of .*\b${late##*/}\b" "$err_file"
	io "$late" --rw=randwrite --number_ios=500
}
if [ -e /sys/class/zram-control ] || modprobe -q zram; then
	traced -v -j -D -- later
	about "$(counted io ".disk == \"${late##*/}\"")" 500 1 'programs attached later work'
else
	skip 1 'no zram devices'
fi

# -- A kernel without its BTF -------------------------------------------------------------

# shellcheck disable=SC2016
run unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0" 1 1' "$open/biolatency"
is "$rc" 3 'no BTF: exit code'
like "$err" '^biolatency: /sys/kernel/btf/vmlinux: this kernel has no BTF' 'no BTF: says so'
ok 'no BTF: in one line' one_line

done_testing
