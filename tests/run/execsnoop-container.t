#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no podman)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# --container: what a container of podman executes, while the host does too.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
# shellcheck source=container.bash
. "$(dirname "$0")/container.bash"
need root jq podman runc busybox

mkdir "$container_root"
mkfifo "$container_root/go"
container_start -- /bin/busybox sh -c \
	'b=/bin/busybox; while read -r n; do $b echo "$n" of two; $b sh -c "$b true \"\$0\"" "$n" & wait; done <>/go'
id=$REPLY
exec {go}<>"$container_root/go"

all_inside() {
	[ "$(grep -c inside "$out_file")" -ge 3 ]
}
# Of the container, of somebody who is let in later, and of the host.
three() {
	echo inside >&"$go"
	pod exec "$container_name" /bin/busybox echo 'let in'
	echo 'of the host' | cat
	wait_until 10 all_inside
} >/dev/null

words='["/bin/busybox","echo","inside","of","two"]
["/bin/busybox","echo","let in"]
["/bin/busybox","sh","-c","/bin/busybox true \"$0\"","inside"]'
for given in "$container_name" "${id:0:12}"; do
	traced -j --container "$given" -- three
	what=$([ "$given" = "$container_name" ] && echo 'its name' || echo 'its ID')
	is "$(events '.comm == "busybox" and .argv[1] != "true"' '.argv | @json' | sort -u)" "$words" \
		"by $what: what the container executes"
	is "$(events '.comm == "cat"')" '' "by $what: nothing of the host"
	is "$(events true '"\(.container.runtime) \(.container.id) \(.container.name)"' | sort -u)" \
		"podman $id $container_name" "by $what: which it says"
	ok "by $what: seen = shown + filtered + lost" conserved "$out_file"
done
is "$(events '.argv[1] == "echo" and .argv[2] == "inside"' '.ns_pid < .pid')" true 'pids of its own'

traced --columns comm,container,args -- three
cmp_ok "$(rows "^busybox +${container_name:0:10}.* echo inside of two\$")" '==' 1 'the column of the container'

pod rm -f -t 0 "$container_name" >/dev/null 2>&1
run_tool execsnoop --container "$container_name" --duration 1
is "$rc" 0 'a container that is no more may come again'
is "$err" "execsnoop: waiting for container '$container_name': there is none yet" 'and is waited for'

# -- Made again, restarted, renamed -------------------------------------------------------

words() { # of what busybox executes, but for runc's own
	events '.comm == "busybox" and (.argv[1] == "echo" or .argv[1] == "sleep")' '.argv[2]' | paste -sd,
}
again() { # WORD
	container_start -- /bin/busybox echo "$1"
	pod wait "$container_name" >/dev/null 2>&1
}
other_name=$container_name-other
at_exit "pod rm -f -t 0 $other_name >/dev/null 2>&1"
others() {
	pod run --rm --name "$other_name" --network=none --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 \
		--rootfs "$container_root" /bin/busybox echo other
}
shown_so_far() { # WORD
	grep -q "\"$1\"" "$out_file"
}
background_tool execsnoop -j -v --container "$container_name" || bail_out 'no tool'
tool=$REPLY
again first
pod start "$container_name" >/dev/null 2>&1
pod wait "$container_name" >/dev/null 2>&1
others >/dev/null 2>&1
pod rm -f -t 0 "$container_name" >/dev/null 2>&1
again second
ok 'a container that comes: its entry point' wait_until 20 shown_so_far second
stop_tool "$tool"
is "$(words)" first,first,second 'each time that it is started or made anew, from its first exec on'
ok 'made anew: seen = shown + filtered + lost' conserved "$out_file"
is "$(result '.notes.unjudged_cgroups')" null 'all names were known in time'

pod rm -f -t 0 "$container_name" >/dev/null 2>&1
container_start -- /bin/busybox sleep 600
background_tool execsnoop -j -v --container renamed-$$ || bail_out 'no tool'
tool=$REPLY
joined() {
	grep -q "cgroup .* joins" "$err_file"
}
pod exec "$container_name" /bin/busybox echo before >/dev/null
if pod rename "$container_name" renamed-$$ >/dev/null 2>&1; then
	at_exit "pod rm -f -t 0 renamed-$$ >/dev/null 2>&1"
	ok 'a container that gets the name: is in' wait_until 15 joined
	pod exec renamed-$$ /bin/busybox echo after >/dev/null
	stop_tool "$tool"
	is "$(words)" after 'from then on'
	pod rm -f -t 0 renamed-$$ >/dev/null 2>&1
else
	stop_tool "$tool"
	skip 2 'this podman cannot rename'
fi

done_testing
