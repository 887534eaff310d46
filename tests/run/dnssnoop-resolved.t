#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no systemd-resolved)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# systemd-resolved as this host's resolver: what is asked of it, and what it asks. It runs in namespaces of
# its own, without systemd, and is not installed, since its package takes over /etc/resolv.conf.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
port=53
need root ip jq python3 unshare

unpacked() {
	local package
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return
	mkdir "$scratch/packages" "$scratch/resolved" && cd "$scratch/packages" || return
	apt-get -qq download systemd-resolved libsystemd-shared libsystemd0 || return
	for package in ./*.deb; do dpkg-deb -x "$package" "$scratch/resolved" || return; done
}
dir=
[ -x /lib/systemd/systemd-resolved ] || { (unpacked) >/dev/null 2>&1 && dir=$scratch/resolved; } ||
	skip_all 'no systemd-resolved, and none to be had'
lib=$dir/usr/lib/$(uname -m)-linux-gnu

pair resolved
background ip netns exec "$b" "${dns_py[@]}" serve 10.99.0.2 "$port"
wait_until 20 grep -q ready "$out_file" || bail_out "no server: $(<"$err_file")"

# With nothing in /run but its own.
resolved() {
	mount -t tmpfs resolved /run && mkdir -p /run/systemd/resolve /run/systemd/resolved.conf.d || return
	printf '%s\n' '[Resolve]' DNS=10.99.0.2 FallbackDNS= DNSSEC=no LLMNR=no MulticastDNS=no Cache=no \
		>/run/systemd/resolved.conf.d/test.conf
	cp /etc/passwd /etc/group /run
	grep -q '^systemd-resolve:' /run/passwd || echo 'systemd-resolve:x:997:997::/:/bin/false' >>/run/passwd
	grep -q '^systemd-resolve:' /run/group || echo 'systemd-resolve:x:997:' >>/run/group
	mount --bind /run/passwd /etc/passwd && mount --bind /run/group /etc/group || return
	chown -R systemd-resolve: /run/systemd/resolve
	[ -z "$dir" ] || export LD_LIBRARY_PATH=$lib:$lib/systemd
	exec "$dir/lib/systemd/systemd-resolved"
}
export -f resolved
background ip netns exec "$a" env dir="$dir" lib="$lib" unshare --mount bash -c resolved
resolved=$REPLY
resolved_err=$err_file
listens() { ip netns exec "$a" cat /proc/net/udp | grep -q ' 3500007F:0035 '; }
wait_until 20 listens || bail_out "no systemd-resolved: $(tail -n 3 "$resolved_err")"

ask_stub() { # HOW NAME...
	local how=$1
	shift
	ip netns exec "$a" "${dns_py[@]}" ask "$how" 127.0.0.53 "$port" "$@"
}
ours=".netns == $(netns_number "$a")"
row='"\(.comm) \(.transport) \(.server) \(.qname) \(.result)"'

questions() {
	ask_stub connected ok.one nx.two
	ask_stub unconnected ok.three
	ask_stub tcp ok.four
}
traced -j -- questions
is "$(events "$ours" "$row" | sort -u)" 'python3 TCP 127.0.0.53 ok.four NOERROR
python3 UDP 127.0.0.53 nx.two NXDOMAIN
python3 UDP 127.0.0.53 ok.one NOERROR
python3 UDP 127.0.0.53 ok.three NOERROR
systemd-resolve UDP 10.99.0.2 nx.two NXDOMAIN
systemd-resolve UDP 10.99.0.2 ok.four NOERROR
systemd-resolve UDP 10.99.0.2 ok.one NOERROR
systemd-resolve UDP 10.99.0.2 ok.three NOERROR' 'what it is asked, and what it asks'
is "$(events "$ours and .comm == \"systemd-resolve\"" .pid | sort -u)" "$resolved" 'by whom'
is "$(events "$ours" 'select(.lat_ns == null) | .qname')" '' 'each from its query on'
ok 'seen = shown + filtered + lost' conserved "$out_file"

traced -j -p "$resolved" -- questions
is "$(events "$ours" "$row" | sort -u | wc -l)" 4 '-p: what it asks'
traced -j -p "$resolved" --server -- questions
is "$(events "$ours" '"\(.transport) \(.qname) \(.result)"' | sort)" 'TCP ok.four NOERROR
UDP nx.two NXDOMAIN
UDP ok.one NOERROR
UDP ok.three NOERROR' '--server -p: what it is asked'
ok 'seen = shown + filtered + lost' conserved "$out_file"

done_testing
