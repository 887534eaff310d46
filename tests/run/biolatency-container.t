#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no podman)
# shellcheck disable=SC2317 # run by traced
#
# --container: a container of podman that does I/O, while the host does too.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
# shellcheck source=container.bash
. "$(dirname "$0")/container.bash"
need root fio jq kernel:loop podman runc busybox

scratch_loop 64M
disk=$REPLY
name=$container_name

# Reads the disk each time somebody writes a number to the pipe.
mkdir "$container_root"
mkfifo "$container_root/go" "$container_root/done"
# shellcheck disable=SC2016 # for the shell in the container
loop='b=/bin/busybox
	while read -r n; do
		$b dd if=$0 of=/dev/null bs=4k count=$n iflag=direct 2>/dev/null
		echo $? >/done
	done <>/go'
container_start --device "$disk" -- /bin/busybox sh -c "$loop" "$disk"
id=$REPLY

exec {go}<>"$container_root/go" {done}<>"$container_root/done"
in_container() { # IOS
	local status
	echo "$1" >&"$go"
	read -r -t 30 -u "$done" status
	[ "$status" = 0 ] || diag "dd in the container: ${status:-no answer}"
}
both() {
	io "$disk" --rw=randread --number_ios=3000 &
	in_container 2000
	wait $!
}

for given in "$name" "$id" "${id:0:12}" "${id:0:5}"; do
	traced -j -d "$disk" --container "$given" -- both
	case $given in "$name") what='its name' ;; *) what="${#given} digits of its ID" ;; esac
	about "$(result .shown)" 2000 1 "by $what: the I/O of the container"
	cmp_ok "$(result .filtered)" '>=' 2985 "by $what: that of the host is filtered"
	ok "by $what: seen = shown + filtered + lost" conserved "$out_file"
done

traced -j -d "$disk" -F -D --phases --container "$name" -- both
about "$(counted io '.op == "read" and .phase == "total"')" 2000 1 'with -F -D --phases'

pod rm -f -t 0 "$name" >/dev/null 2>&1
run_tool biolatency --container "$name" 1 1
is "$rc" 0 'a container that is no more may come again'
like "$err" "^biolatency: waiting for container '$name': there is none yet" 'and is waited for'

done_testing
