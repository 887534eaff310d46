#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no podman)
# shellcheck disable=SC2317 # run by traced
#
# --container: what the sockets of a container of podman send again, while one of the host does too.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
# shellcheck source=container.bash
. "$(dirname "$0")/container.bash"
need root ip jq podman runc busybox

# In the container and in a namespace of the host, 192.0.2.1 is nowhere.
nowhere='ip link set lo up; ip addr add 198.51.100.7/32 dev lo; ip route add 192.0.2.0/24 dev lo src 198.51.100.7'
mkdir "$container_root"
mkfifo "$container_root/go"
container_start --cap-add NET_ADMIN -- /bin/busybox sh -c \
	"alias ip='/bin/busybox ip'; $nowhere; while read -r n; do /bin/busybox timeout 3 /bin/busybox nc 192.0.2.1 \$n; done <>/go"
id=$REPLY
exec {go}<>"$container_root/go"
scratch_netns host
a=$REPLY b=$REPLY
ip netns exec "$a" bash -c "$nowhere"

both() {
	echo 7001 >&"$go"
	tcp "$a" try 192.0.2.1 7001 3.2
}
for given in "$container_name" "${id:0:12}"; do
	traced --container "$given" -- both
	what=$([ "$given" = "$container_name" ] && echo 'its name' || echo 'its ID')
	cmp_ok "$(count true)" '>=' 1 "by $what: something"
	is "$(events true '"\(.comm) \(.cause) \(.dport)"' | sort -u)" 'busybox syn 7001' "by $what: nothing of the host"
	is "$(events true '"\(.container.runtime) \(.container.id) \(.container.name)"' | sort -u)" \
		"podman $id $container_name" "by $what: which it says"
	cmp_ok "$(result .filtered)" '>=' 1 "by $what: the host's is filtered"
	ok "by $what: seen = shown + filtered + lost" conserved "$out_file"
done

traced --top container -- both
is "$(jq -r 'select(.type == "interval" and .segs > 0) | .container_name // "-"' "$out_file" | sort | paste -sd' ')" \
	"- $container_name" '--top container: both, each by itself'

done_testing
