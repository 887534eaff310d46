#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: cgroup=v2,hybrid,v1
# shellcheck disable=SC2317 # run by others
#
# Filters by name follow: what comes under that path or name while the tool runs is in, from its
# first exec on, and nothing else is.

# shellcheck source=follow.bash
. "$(dirname "$0")/follow.bash"
# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

mkdir -p /var/lib
mount -t tmpfs -o mode=755 none /var/lib || bail_out 'no /var/lib'
program snoopexec
program snoopother
mount=$(follow_mount) || skip_all 'no hierarchy of cgroups with a controller'

exec_in() { # DIRECTORY [PROGRAM] [ARGUMENT]
	in_cgroup "$1" "$scratch/${2:-snoopexec}" -c : "${3:-$1}"
}
shown() {
	events '.comm | startswith("snoop")' '.argv[-1]'
}
told() { # REGEX
	grep -qE "$1" "$err_file"
}
start() { # OPTION...
	background_tool execsnoop -j -v "$@" || bail_out 'no tool'
	tool=$REPLY
}
# Nothing but its own lines of -v.
says() { # REGEX
	grep -cE "^execsnoop: .*$1" "$err_file"
}

# -- A path -------------------------------------------------------------------------------

own=$mount/snoopkit-follow-$$
start -c "$own"
ok 'a path that is not there: waits, and says so' told "waiting for cgroup '/snoopkit-follow-$$'.* in $mount\$"
mkdir "$mount/snoopkit-follow-$$-not"
at_exit "cgroup_remove '$mount/snoopkit-follow-$$-not'"
expected=
for n in $(seq "$(scaled 50 12)"); do
	mkdir "$own" "$own/below"
	exec_in "$own" snoopexec "$n"
	exec_in "$own/below" snoopexec "$n below"
	exec_in "$own-not" snoopother "$n"
	rmdir "$own/below" "$own"
	expected+="$n"$'\n'"$n below"$'\n'
done
stop_tool "$tool"
is "$(shown)"$'\n' "$expected" 'each time that it is made again: what it executes, and what is below it'
ok 'a path: seen = shown + filtered + lost' conserved "$out_file"
is "$(says "joins")" "$n" 'which -v tells'
is "$(result '.notes.unjudged_cgroups')" null 'all were judged'

# What is made within while the tool runs, deep down; and what is above does not become inside.
mkdir "$own"
at_exit "cgroup_remove '$own'"
start -c "$own"
mkdir -p "$own/a/b/c"
exec_in "$own/a/b/c" snoopexec deep
mkdir "$own-too"
exec_in "$own-too" snoopother outside
stop_tool "$tool"
rmdir "$own/a/b/c" "$own/a/b" "$own/a" "$own-too"
is "$(shown)" deep 'a path that is there: what is made below it'

# -- A container --------------------------------------------------------------------------

start --container web
ok 'a name that nobody has: waits, and says so' told "waiting for container 'web': there is none yet"
follow_id first
first=$REPLY
follow_name "$first" web
follow_cgroup "$first"
exec_in "$REPLY" snoopexec first
rmdir "$REPLY"
# Restarted: the ID is another one, and the name is written only when it has executed.
follow_id second
second=$REPLY
follow_cgroup "$second"
dir=$REPLY
exec_in "$dir" snoopexec second
# Meanwhile somebody else's, whose name comes late too, and one whose name never comes.
follow_id other
other=$REPLY
follow_cgroup "$other"
exec_in "$REPLY" snoopother other
other_dir=$REPLY
follow_id nameless
follow_cgroup "$REPLY"
exec_in "$REPLY" snoopother nameless
rmdir "$REPLY"
"$scratch/snoopother" -c : host
follow_name "$second" web
follow_name "$other" db
all() {
	[ "$(shown | wc -l)" -ge "$1" ]
}
ok 'it is shown once its name is known' wait_until 10 all 2
exec_in "$dir" snoopexec third
exec_in "$other_dir" snoopother 'other again'
ok 'and from then on' wait_until 10 all 3
stop_tool "$tool"
rmdir "$dir" "$other_dir"
is "$(shown | paste -sd,)" 'first,second,third' "a container's name: each that has it, from its first exec on"
ok 'a container: seen = shown + filtered + lost' conserved "$out_file"
is "$(events '.argv[-1] == "second"' '.container.id')" "$second" 'which is told'

# The end does not lose what is kept back.
start --container web
rm -r /var/lib/docker
follow_id last
follow_cgroup "$REPLY"
dir=$REPLY
exec_in "$dir" snoopexec last
follow_name "${dir: -70:64}" web
stop_tool "$tool"
is "$(shown)" last 'at the end: what was kept back, if its name has come'
ok 'the end: seen = shown + filtered + lost' conserved "$out_file"
rm -r /var/lib/docker
rmdir "$dir"
start --container web
follow_id never
follow_cgroup "$REPLY"
exec_in "$REPLY" snoopexec never
stop_tool "$tool"
is "$(shown)" '' 'and what has no name by then is not shown'
is "$(result '.notes.unjudged_cgroups')" 1 'but counted'
ok 'the end: seen = shown + filtered + lost, too' conserved "$out_file"
rmdir "$REPLY"

# An ID names one, also before it is there.
follow_id by-id
id=$REPLY
start --container "${id:0:12}"
for n in 1 2; do
	follow_cgroup "$id"
	exec_in "$REPLY" snoopexec "$n"
	rmdir "$REPLY"
done
follow_cgroup "$first"
exec_in "$REPLY" snoopother other
rmdir "$REPLY"
stop_tool "$tool"
is "$(shown | paste -sd,)" 1,2 'by its ID: whenever it is started'

# -- Renamed ------------------------------------------------------------------------------

follow_cgroup "$first"
first_dir=$REPLY
follow_name "$first" web
follow_cgroup "$second"
second_dir=$REPLY
follow_name "$second" spare
start --container web
exec_in "$first_dir" snoopexec before
exec_in "$second_dir" snoopother before
follow_name "$first" old
follow_name "$second" web
renamed() {
	told "cgroup /docker-$first.scope leaves" && told "cgroup /docker-$second.scope joins"
}
ok 'a renamed container is followed' wait_until 15 renamed
exec_in "$first_dir" snoopother after
exec_in "$second_dir" snoopexec after
stop_tool "$tool"
rmdir "$first_dir" "$second_dir"
is "$(events '.comm | startswith("snoop")' '"\(.comm) \(.argv[-1])"' | paste -sd,)" \
	'snoopexec before,snoopexec after' 'what loses the name is out, what gets it is in'

# -- A unit -------------------------------------------------------------------------------

unit_mount=$(cgroup2_mount || echo "$mount")
unit=snoopkit-follow-$$.service
start --unit "${unit%.service}"
ok 'a unit that does not run: waits, and says so' told "waiting for unit 'snoopkit-follow-$$': there is none yet"
for n in 1 2; do
	mkdir "$unit_mount/$unit" "$unit_mount/$unit/worker"
	exec_in "$unit_mount/$unit/worker" snoopexec "$n"
	rmdir "$unit_mount/$unit/worker" "$unit_mount/$unit"
done
stop_tool "$tool"
is "$(shown | paste -sd,)" 1,2 'a unit: whenever it is started'

done_testing
