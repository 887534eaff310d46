#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have neither dnsmasq nor tshark)
# sanitized: no (the same paths as dnssnoop-messages)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# Real servers and clients: dnsmasq, also as a stub before another one, dig, the C libraries, busybox in a
# container of podman; beside tshark, which has the same packets from the wire.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
# shellcheck source=container.bash
. "$(dirname "$0")/container.bash"
port=53
need root ip jq dnsmasq dig tshark unshare podman runc busybox musl-gcc

# The upstream server in one namespace; the stub and who asks it in the other.
pair dns
# shellcheck disable=SC2054 # commas in options
zone=(--address=/www.test/10.1.2.3 --address=/www.test/fd00::1 '--txt-record=txt.test,hello world'
	--cname=alias.test,target.test --host-record=target.test,10.9.9.9 --mx-host=mx.test,mail.test,10
	--srv-host=_sip._tcp.test,sip.test,5060,10 --ptr-record=3.2.1.10.in-addr.arpa,www.test
	--caa-record=caa.test,0,issue,ca.test)
dnsmasq_in() { # NAMESPACE ADDRESS OPTION...
	local name=$1 address=$2
	shift 2
	background ip netns exec "$name" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--user=root --pid-file= --bind-interfaces --listen-address="$address" --cache-size=0 "$@"
	wait_until 10 answers "$name" "$address" || bail_out "no dnsmasq: $(<"$err_file")"
}
answers() { # NAMESPACE ADDRESS
	ip netns exec "$1" dig +time=1 +tries=1 "@$2" www.test >/dev/null
}
dnsmasq_in "$b" 10.99.0.2 --local=/test/ "${zone[@]}"
upstream=$REPLY
dnsmasq_in "$a" 127.0.0.1 --server=10.99.0.2
stub=$REPLY

# Others of this host ask, too.
ours=".netns == $(netns_number "$a") or .netns == $(netns_number "$b")"

dig_in() {
	ip netns exec "$a" dig +time=1 +tries=1 "$@" >>"$scratch/dig" 2>&1
}

# -- Every type, beside tshark ------------------------------------------------------------

questions() {
	dig_in @10.99.0.2 www.test A
	dig_in @10.99.0.2 www.test AAAA
	dig_in @10.99.0.2 txt.test TXT
	dig_in @10.99.0.2 alias.test A
	dig_in @10.99.0.2 mx.test MX
	dig_in @10.99.0.2 _sip._tcp.test SRV
	dig_in @10.99.0.2 -x 10.1.2.3
	dig_in @10.99.0.2 caa.test CAA
	dig_in @10.99.0.2 none.test A
	dig_in @10.99.0.2 +tcp www.test A
	dig_in @10.99.0.2 +noedns other.example A
}
background ip netns exec "$a" tshark -q -i veth -w "$scratch/dns.pcap" -f 'port 53'
shark=$REPLY
wait_until 20 grep -q Capturing "$err_file" || bail_out "tshark: $(<"$err_file")"
sleep 0.5
traced -j -- questions
sleep 0.5
kill -INT "$shark"
wait_until 10 ended "$shark"
tshark -r "$scratch/dns.pcap" -Y dns.flags.response==1 -T fields -E separator=' ' \
	-e dns.id -e dns.qry.name -e dns.qry.type -e dns.flags.rcode 2>/dev/null |
	while read -r id name type rcode; do echo "$((id)) $name $((type)) $((rcode))"; done | sort >"$scratch/theirs"
numbers='{A: 1, AAAA: 28, TXT: 16, MX: 15, SRV: 33, PTR: 12, CAA: 257}[.qtype] as $type |
	{NOERROR: 0, NXDOMAIN: 3, REFUSED: 5, SERVFAIL: 2}[.result] as $rcode | "\(.id) \(.qname) \($type) \($rcode)"'
events ".netns == $(netns_number "$a")" "$numbers" | sort >"$scratch/ours"
is "$(wc -l <"$scratch/ours")" 11 'as many lookups as were made'
is "$(<"$scratch/ours")" "$(<"$scratch/theirs")" 'id, name, type and code as tshark has them'
is "$(events "$ours" .comm | sort -u)" dig 'all by dig'
is "$(events '.qname == "alias.test"' '[.answers[] | "\(.type) \(.data)"] | join(", ")')" \
	'CNAME target.test, A 10.9.9.9' 'an alias'
is "$(events '.qtype == "TXT"' '.answers[0].data')" '"hello world"' 'text'
is "$(events '.qtype == "SRV"' '.answers[0].data')" '10 0 5060 sip.test' 'a service'
is "$(events '.qtype == "CAA"' '.answers[0].data')" '0 issue "ca.test"' 'an authority'
is "$(events '.qname == "other.example"' '"\(.result) \(.edns)"')" 'REFUSED null' 'refused by the server; no EDNS'
ok 'seen = shown + filtered + lost' conserved "$out_file"
ok 'each line is JSON' json_check "$out_file"

# -- A stub before another server ---------------------------------------------------------

traced -j -- dig_in @127.0.0.1 www.test A
is "$(events "$ours" '"\(.comm) \(.server) \(.result)"' | sort | paste -sd,)" \
	'dig 127.0.0.1 NOERROR,dnsmasq 10.99.0.2 NOERROR' 'what dig asks the stub, and what that one asks'
is "$(events '.comm == "dnsmasq"' .pid)" "$stub" 'by whom'
traced -j --server -- dig_in @127.0.0.1 www.test A
is "$(events "$ours" .pid | sort | paste -sd' ')" "$(printf '%s\n' "$stub" "$upstream" | sort | paste -sd' ')" \
	'--server: who is asked'

# -- The C library ------------------------------------------------------------------------

getent_in() {
	echo 'nameserver 10.99.0.2' >"$scratch/resolv.conf"
	ip netns exec "$a" unshare --mount bash -c \
		"mount --bind '$scratch/resolv.conf' /etc/resolv.conf && getent -s dns ahosts www.test" >"$scratch/getent"
}
traced -j -- getent_in
is "$(events "$ours" '"\(.comm) \(.qname) \(.qtype) \(.result)"' | sort | paste -sd,)" \
	'getent www.test A NOERROR,getent www.test AAAA NOERROR' 'getent: both families'

# -- musl, which asks all servers at once -------------------------------------------------

dnsmasq_in "$a" 127.0.0.2 --local=/test/ "${zone[@]}"
cat >"$scratch/resolve.c" <<-'EOF'
	#include <netdb.h>

	int main(int argc, char **argv)
	{
		struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found;

		return argc != 2 || getaddrinfo(argv[1], 0, &hints, &found);
	}
EOF
musl-gcc -static -o "$scratch/resolve" "$scratch/resolve.c" || bail_out 'musl-gcc'
musl_in() {
	printf 'nameserver %s\n' 10.99.0.2 127.0.0.1 127.0.0.2 >"$scratch/resolv.conf"
	ip netns exec "$a" unshare --mount bash -c \
		"mount --bind '$scratch/resolv.conf' /etc/resolv.conf && '$scratch/resolve' www.test && ! '$scratch/resolve' none.test"
	echo "$?" >"$scratch/musl"
}
traced -j -- musl_in
is "$(<"$scratch/musl")" 0 'musl: it is resolved'
is "$(events "($ours) and .comm == \"resolve\"" '"\(.qname) \(.result) \(.retries)"')" \
	$'www.test NOERROR 0\nnone.test NXDOMAIN 0' 'musl: a row for each lookup, whoever was asked'
ok 'musl: seen = shown + filtered + lost' conserved "$out_file"

# -- A container --------------------------------------------------------------------------

container_network=ns:/run/netns/$a
container_start -- /bin/busybox sleep 600
id=$REPLY
in_container() {
	pod exec "$container_name" /bin/busybox nslookup www.test 10.99.0.2 >"$scratch/nslookup" 2>&1
	dig_in @10.99.0.2 txt.test TXT
}
traced -j --container "$container_name" -- in_container
is "$(events "$ours" '"\(.comm) \(.container.id) \(.container.name) \(.qname)"' | sort -u)" \
	"busybox $id $container_name www.test" 'a container: only its own, with its name'
ok 'a container: seen = shown + filtered + lost' conserved "$out_file"

done_testing
