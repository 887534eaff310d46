#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no podman)
# shellcheck disable=SC2317 # run by traced
#
# --container: a container of podman that does I/O, while the host does too.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop podman runc busybox

scratch_loop 64M
disk=$REPLY
name=snoopkit-test-$$

pod() {
	podman --runtime runc "$@"
}

# Nothing but busybox, which reads the disk each time somebody writes a number to the pipe.
rootfs=$scratch/rootfs
mkdir -p "$rootfs"/{bin,dev,etc,proc,run,sys,tmp}
cp "$(command -v busybox)" "$rootfs/bin/busybox"
mkfifo "$rootfs/go" "$rootfs/done"
# shellcheck disable=SC2016 # for the shell in the container
loop='b=/bin/busybox
	while read -r n; do
		$b dd if=$0 of=/dev/null bs=4k count=$n iflag=direct 2>/dev/null
		echo $? >/done
	done <>/go'
start_container() {
	at_exit "pod rm -f -t 0 $name >/dev/null 2>&1"
	pod run -d --name "$name" --network=none --ulimit nofile=1024:1024 \
		--ulimit nproc=1000:1000 --device "$disk" --rootfs "$rootfs" \
		/bin/busybox sh -c "$loop" "$disk" >"$scratch/id" 2>"$scratch/podman.log" ||
		bail_out "no container: $(tail -n 1 "$scratch/podman.log")"
}
start_container
id=$(tail -n 1 "$scratch/id")

exec {go}<>"$rootfs/go" {done}<>"$rootfs/done"
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
is "$rc" 2 'a container that is no more'
like "$err" "^biolatency: $name: [^"$'\n'']+$' 'says so in one line'

done_testing
