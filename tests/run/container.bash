# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# A container of podman with nothing but busybox, for tests that have read lib.bash.

container_name=snoopkit-test-$$
container_root=$scratch/rootfs
container_network=none

pod() {
	podman --runtime runc "$@"
}

# $REPLY is its ID.
container_start() { # [PODMAN-OPTION...] -- COMMAND...
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	mkdir -p "$container_root"/{bin,dev,etc,proc,run,sys,tmp}
	cp "$(command -v busybox)" "$container_root/bin/busybox"
	at_exit "pod rm -f -t 0 $container_name >/dev/null 2>&1"
	REPLY=$(pod run -d --name "$container_name" --network="$container_network" --ulimit nofile=1024:1024 \
		--ulimit nproc=1000:1000 "${options[@]}" --rootfs "$container_root" "$@" \
		2>"$scratch/podman.log") || bail_out "no container: $(tail -n 1 "$scratch/podman.log")"
	REPLY=${REPLY##*$'\n'}
}
