#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
# vm: no (what an answer says does not depend on the kernel)
#
# Answers that say less than they seem to: no data, others know, cannot be read to the end, numbers
# that are not what they are called.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

ip link set lo up
server 127.0.0.1

# -- Without data (RFC 2308) ---------------------------------------------------------------

kinds() {
	ask connected 127.0.0.1 ok.a nodata.b empty.c alias.d alone.e referral.f both.g other.h nx.i trunc.j
	ask type=28 127.0.0.1 ok.k
	ask type=255 127.0.0.1 other.l
	ask tcp 127.0.0.1 referral.m nodata.n
}
traced -j -- kinds
is "$(results '"\(.result) \(.kind)"')" 'alias.d NOERROR NODATA
alone.e NOERROR NODATA
both.g NOERROR NODATA
empty.c NOERROR NODATA
nodata.b NOERROR NODATA
nodata.n NOERROR NODATA
nx.i NXDOMAIN null
ok.a NOERROR null
ok.k NOERROR NODATA
other.h NOERROR NODATA
other.l NOERROR null
referral.f NOERROR REFERRAL
referral.m NOERROR REFERRAL
trunc.j NOERROR null' 'no data and a referral are told apart'
tools=()
expected=()
shown() { # EXPECTED OPTION...
	expected+=("$1")
	background_tool dnssnoop --port "$port" -j "${@:2}" || bail_out 'no tool'
	tools+=("$REPLY")
}
shown 'nx.i' -x
shown 'referral.f referral.m' --result referral
shown 'nodata.b empty.c alias.d alone.e both.g other.h ok.k nodata.n' --result NODATA
shown 'referral.f nx.i referral.m' --result NXDOMAIN,REFERRAL
shown '' -x --result NODATA
shown 'ok.a nodata.b empty.c alias.d alone.e referral.f both.g other.h trunc.j ok.k other.l referral.m nodata.n' --result NOERROR
traced -- kinds
is "$(grep -c '# no data' "$out_file")" 8 'a table says so'
is "$(grep -c '# referral' "$out_file")" 2 'of both'
for i in "${!tools[@]}"; do
	stop_tool "${tools[i]}"
	is "$(events true .qname | paste -sd' ')" "${expected[i]}" "${last_command##*-j}"
done

# -- What cannot be read to its end --------------------------------------------------------

broken() { ask connected 127.0.0.1 broken.a garbage.b; }
traced -j -- broken
is "$(events '.qname == "broken.a"' '"\(.result) \(.rcode) \(.flags | join(",")) \([.answers[].data] | join(","))"')" \
	'MALFORMED SERVFAIL TC,RD,RA 10.1.2.3,10.1.2.3' 'a bad record: the response code, TC and what is before it'
is "$(events '.qname == "garbage.b"' '"\(.result) \(.rcode) \(.answers | length)"')" 'MALFORMED NOERROR 0' \
	'nothing but a header'
ok 'each line is JSON' json_check "$out_file"
traced -- broken
like "$(grep broken.a "$out_file")" 'MALFORMED .*10\.1\.2\.3, 10\.1\.2\.3 # says SERVFAIL; truncated' 'a table has it, too'

# -- Numbers -------------------------------------------------------------------------------

numbers() { ask connected 127.0.0.1 ttl.a huge.b; }
traced -j -- numbers
is "$(events '.qname == "ttl.a"' '[.answers[] | "\(.ttl) \(.ttl_effective)"] | join(", ")')" \
	'2147483648 0, 4294967295 0, 2147483647 null' 'a time to live is what is there, and what it means'
is "$(events '.qname == "huge.b"' '"\(.answer_bytes) \(.answers | length) \(.cut)"')" '7992 498 null' \
	'a datagram of 8 kB: its length, and all of it'
ok 'seen = shown + filtered + lost' conserved "$out_file"

done_testing
