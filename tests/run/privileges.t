#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by ok and traced
#
# As little as it takes: CAP_BPF and CAP_PERFMON, or what a tool needs besides, any uid; and one clear
# line without them.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq setpriv unshare

# Where anybody can read them.
open=$(mktemp -d) || bail_out 'no directory'
at_exit "rm -rf '$open'"
chmod 755 "$open"

one_line() {
	[ "$(wc -l <"$err_file")" = 1 ]
}

# A user with these capabilities and no others, now or ever.
as_nobody() { # "CAPABILITY..." COMMAND...
	local caps=-all capability
	for capability in $1; do caps+=,+$capability; done
	shift
	local sets=(--bounding-set="$caps" --inh-caps="$caps" --ambient-caps="$caps")
	run_as=(setpriv --reuid=65534 --regid=65534 --clear-groups "${sets[@]}" -- "$@")
}

# -- Not enough ---------------------------------------------------------------------------

# What a tool needs besides is told when it has those two.
refused_with() { # "CAPABILITY..."
	local missing='' capability
	for capability in bpf perfmon; do
		[[ " $1 " == *" $capability "* ]] || missing+="${missing:+, }CAP_${capability^^}"
	done
	[ "$missing" ] || for capability in "${capabilities[@]}"; do
		[[ " $1 " == *" $capability "* ]] || missing+="${missing:+, }CAP_${capability^^}"
	done
	as_nobody "$1" "$open/$tool" --duration 0.1
	run "${run_as[@]}"
	is "$rc" 3 "$tool with ${1:-none}: refused"
	like "$err" "^$tool: privileges: missing ${missing}[ ,].*\(run as root" \
		"$tool with ${1:-none}: says what is missing"
	ok "$tool with ${1:-none}: in one line" one_line
	is "$out" '' "$tool with ${1:-none}: nothing on stdout"
}

not_enough() {
	local without
	refused_with ''
	for without in "${capabilities[@]}"; do
		refused_with "$(printf '%s\n' "${capabilities[@]}" | grep -vx "$without" | paste -sd' ')"
	done
	refused_with 'sys_ptrace dac_override'

	# Root without any is no better than others.
	run setpriv --bounding-set=-all --inh-caps=-all "$open/$tool" --duration 0.1
	is "$rc" 3 "$tool, root without capabilities: refused"
	like "$err" 'missing CAP_BPF, CAP_PERFMON' "$tool, root without capabilities: says so"

	for option in --help --version; do
		as_nobody '' "$open/$tool" $option
		run "${run_as[@]}"
		is "$rc" 0 "$tool $option needs none"
	done
	as_nobody '' "$open/$tool" --nosuch
	run "${run_as[@]}"
	is "$rc" 2 "$tool: a wrong argument is told first"
}

# -- Enough -------------------------------------------------------------------------------

bpf=$((1 << 39))

value() { # NAME in /proc/PID/status
	awk -v name="$1:" '$1 == name { print $2 }' <<<"$status"
}

# Before 5.11 (commit 97306be45fbe and others) maps are charged to what a user may lock.
memory_to_lock() {
	as_nobody "${capabilities[*]}" "$open/$tool" --duration 0.1
	run "${run_as[@]}"
	if [ "$rc" != 0 ]; then
		like "$rc $err" '^3 .*ulimit -l' "$tool, no memory to lock: says so"
		ulimit -l unlimited
	else
		pass "$tool: maps need no memory to lock"
	fi
}

enough() {
	local pid status set
	as_nobody "${capabilities[*]}" "$open/$tool" -j
	background "${run_as[@]}"
	pid=$REPLY
	ok "$tool with ${capabilities[*]}: traces" wait_until "$(scaled 20 60)" tracing "$pid"
	status=$(cat "/proc/$pid/status")
	is "$(value Uid)" 65534 "$tool: as a user"
	for set in CapEff CapPrm; do
		is "$((16#$(value $set)))" "$bpf" "$tool: $set: CAP_BPF only once it is attached"
	done
	is "$((16#$(value CapAmb)))" 0 "$tool: CapAmb: nothing to pass on"
	is "$(value NoNewPrivs)" 1 "$tool: no new privileges"
	! tool_has burst || burst 20
	stop_tool "$pid"
	is "$rc" 0 "$tool as a user: ends well"
	ok "$tool as a user: seen = shown + filtered + lost" conserved "$out_file"
	! tool_has burst || cmp_ok "$(result .seen)" '>=' 20 "$tool as a user: sees all"

	# Root gives up the rest, too.
	background_tool "$tool"
	status=$(<"/proc/$REPLY/status")
	is "$((16#$(value CapEff)))" "$bpf" "$tool: root keeps CAP_BPF only"
	stop_tool "$REPLY"
}

# -- A kernel without its BTF -------------------------------------------------------------

without_btf() {
	# shellcheck disable=SC2016
	run unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0" --duration 0.1' "$open/$tool"
	is "$rc" 3 "$tool, no BTF: exit code"
	like "$err" "^$tool: /sys/kernel/btf/vmlinux: this kernel has no BTF" "$tool, no BTF: says so"
	ok "$tool, no BTF: in one line" one_line
}

for tool in "${tools[@]}"; do
	about_tool "$tool"
	cp "$bin/$tool" "$open/$tool" || bail_out "no copy of $tool"
	not_enough
	memory_to_lock
	enough
	without_btf
done

done_testing
