#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: cgroup=v2,hybrid,v1
# shellcheck disable=SC2317 # run by others
#
# Filters by name follow: lookups of what comes under that name while the tool runs are shown, from
# the first one on.

# shellcheck source=follow.bash
. "$(dirname "$0")/follow.bash"
# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

mkdir -p /var/lib
mount -t tmpfs -o mode=755 none /var/lib || bail_out 'no /var/lib'
mount=$(follow_mount) || skip_all 'no hierarchy of cgroups with a controller'
server 127.0.0.1

# By the shell itself: an emulated processor takes longer to start another program than a name may
# take to come.
ask_in() { # DIRECTORY NAME...
	local dir=$1 name label query
	shift
	for name; do
		query='\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00'
		for label in ${name//./ }; do
			query+=$(printf '\\x%02x%s' ${#label} "$label")
		done
		(
			[ ! "$dir" ] || echo "$BASHPID" >"$dir/cgroup.procs" || exit
			exec 5<>"/dev/udp/127.0.0.1/$port"
			# shellcheck disable=SC2059 # it is one
			printf "$query"'\x00\x00\x01\x00\x01' >&5
			LC_ALL=C read -r -t 10 -N 4 -u 5 _ 2>/dev/null
		)
	done
}
told() { # REGEX
	grep -qE "$1" "$err_file"
}
start() { # OPTION...
	background_tool dnssnoop --port "$port" -j -v "$@" || bail_out 'no tool'
	tool=$REPLY
}
names() {
	events true .qname | paste -sd,
}

# -- A container that is not there yet ------------------------------------------------------

start --container web
ok 'waits, and says so' told "waiting for container 'web': there is none yet"
follow_id first
first=$REPLY
follow_name "$first" web
follow_cgroup "$first"
ask_in "$REPLY" ok.first
rmdir "$REPLY"
# The name comes later than the lookups; meanwhile others look up, too.
follow_id second
second=$REPLY
follow_cgroup "$second"
dir=$REPLY
follow_id other
other=$REPLY
follow_cgroup "$other"
other_dir=$REPLY
ask_in "$dir" ok.second nx.second
ask_in "$other_dir" ok.other
ask_in '' ok.host
follow_name "$second" web
follow_name "$other" db
shown() {
	[ "$(events true .qname | wc -l)" -ge "$1" ]
}
ok 'it is shown once its name is known' wait_until 20 shown 3
ask_in "$dir" ok.third
ask_in "$other_dir" ok.other2
stop_tool "$tool"
rmdir "$dir" "$other_dir"
is "$(names)" 'ok.first,ok.second,nx.second,ok.third' 'each that has the name, from its first lookup on, and no other'
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(events '.qname == "ok.second"' '.container.id')" "$second" 'whose it is'

# -- What is there, and is made again -------------------------------------------------------

own=$mount/snoopkit-follow-$$
mkdir "$own"
at_exit "[ ! -d '$own' ] || cgroup_remove '$own'"
start -c "$own"
ask_in "$own" ok.before
for n in 1 2 3; do
	rmdir "$own"
	told 'programs are attached to the given cgroup' &&
		wait_until 20 told 'not the only one any more: the programs are attached to the root'
	mkdir "$own"
	ask_in "$own" "ok.again$n"
	ask_in '' "ok.host$n"
done
stop_tool "$tool"
is "$(names)" 'ok.before,ok.again1,ok.again2,ok.again3' '-c: each time that it is made again'
ok '-c: seen = shown + filtered + lost' conserved "$out_file"

done_testing
