#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# --cgroup: the programs are at that cgroup, so that others do not pay for them; unless something would
# be missed so.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3 kernel:cgroup2

server 127.0.0.1
scratch_cgroup dns
own=$REPLY
mkdir "$own/below"
at_exit "rmdir '$own/below'"
number=$(stat -c %i "$own")

# Before 5.11 older sockets cannot be found.
target=$number
grep -aq BPF_FUNC_sock_from_file /sys/kernel/btf/vmlinux || target=1

# Where the programs of the tool are.
places() { # PID
	cat "/proc/$1/fdinfo/"* 2>/dev/null | sed -n 's/^cgroup_id:[[:space:]]*//p' | sort | uniq -c | awk '{ print $2 " x" $1 }'
}

# In the cgroup, below it, and elsewhere.
background_tool dnssnoop --port "$port" -j -c "$own"
tool=$REPLY
is "$(places "$tool")" "$target x7" 'the programs are at the cgroup'
in_cgroup "$own" "${dns_py[@]}" ask connected 127.0.0.1 "$port" ok.inside
in_cgroup "$own/below" "${dns_py[@]}" ask unconnected 127.0.0.1 "$port" ok.below
in_cgroup "$own/below" "${dns_py[@]}" ask tcp 127.0.0.1 "$port" ok.tcp
ask connected 127.0.0.1 ok.outside
stop_tool "$tool"
is "$(results .cgroup)" "ok.below /${own##*/}/below
ok.inside /${own##*/}
ok.tcp /${own##*/}/below" 'what is asked there and below is seen'
is "$(jq 'select(.type == "summary") | .filtered > 0' "$out_file")" \
	"$([ "$target" = 1 ] && echo true || echo false)" 'packets of others do not come to them'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# A unit is a cgroup of that name.
scratch_cgroup dns.service
own_unit=$REPLY
unit=${REPLY##*/}
mkdir "$own_unit/worker"
at_exit "rmdir '$own_unit/worker'"
background_tool dnssnoop --port "$port" -j --unit "${unit%.service}"
tool=$REPLY
in_cgroup "$own_unit" "${dns_py[@]}" ask connected 127.0.0.1 "$port" ok.unit
in_cgroup "$own_unit/worker" "${dns_py[@]}" ask connected 127.0.0.1 "$port" ok.worker
ask connected 127.0.0.1 ok.outside
stop_tool "$tool"
is "$(results .cgroup)" "ok.unit /$unit
ok.worker /$unit/worker" '--unit: what it asks, also below its cgroup'
run_tool dnssnoop --unit no-such-unit.target
is "$rc" 2 '... one that does not run is a usage error'

# A process that brings a socket along, of which the kernel says that it is another cgroup's.
brought() { # WHAT: makes s; to be used when there is $scratch/go
	rm -f "$scratch"/{there,go,done}
	python3 -S -E - "$port" "$own" "$scratch" <<-EOF &
		import os, socket, sys, time
		port, own, scratch = int(sys.argv[1]), sys.argv[2], sys.argv[3]
		$1
		open(own + "/cgroup.procs", "w").write("0")
		open(scratch + "/there", "w")
		while not os.path.exists(scratch + "/go"): time.sleep(0.02)
		q = b"\0\7\1\0\0\1\0\0\0\0\0\0" + b"\2ok\7brought\0\0\1\0\1"
		u = s if s.type == socket.SOCK_DGRAM else socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		u.sendto(q, ("127.0.0.1", port)); u.recv(999)
		open(scratch + "/done", "w")
	EOF
	wait_until 10 test -e "$scratch/there" || bail_out 'no process in the cgroup'
	background_tool dnssnoop --port "$port" -j -c "$own"
	tool=$REPLY
	where=$(places "$tool")
	touch "$scratch/go"
	wait_until 10 test -e "$scratch/done"
	stop_tool "$tool"
}
brought 's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)'
is "$where" '1 x7' 'a socket from elsewhere: the programs are at the root'
is "$(results .cgroup)" "ok.brought /${own##*/}" 'and what is asked from it is seen, once'
brought 's = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()'
is "$where" "$target x7" 'one that cannot ask: at the cgroup'
is "$(results .cgroup)" "ok.brought /${own##*/}" 'and what is asked from another is seen'

done_testing
