#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is made of lookups is the same on every kernel)
# shellcheck disable=SC2317 # run by traced
#
# dnssnoop's filters by what comes of a lookup, sums, histograms, rows.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

ip link set lo up
server 127.0.0.1

# -- Filters ------------------------------------------------------------------------------

filtered nx.two.test -x
filtered slow.TEST --slower 300
filtered slow.TEST --slower 0.3s
filtered 'nx.two.test ok.one.test slow.TEST' --qname Test
filtered 'ok.one.test' --qname '*.ONE.test.'
names() { # EXPECTED-NAMES OPTION...
	traced -j "${@:2}" -- ask connected 127.0.0.1 test ok.test 'ok.*.test' ok.xn--mnchen-3ya.test ok.MÜNCHEN.test ok.münchen.test
	is "$(events true .qname | LC_ALL=C sort -u | paste -sd' ')" "$1" "${*:2}"
}
filtered ok.aaaa --type AAAA
filtered nx.two.test --result nxdomain,TIMEOUT

names 'ok.*.test ok.M\195\156NCHEN.test ok.m\195\188nchen.test ok.test ok.xn--mnchen-3ya.test' --qname '*.test'
names 'ok.*.test ok.M\195\156NCHEN.test ok.m\195\188nchen.test ok.test ok.xn--mnchen-3ya.test test' --qname '*'
names 'ok.m\195\188nchen.test ok.xn--mnchen-3ya.test' --qname münchen.test
names 'ok.M\195\156NCHEN.test ok.xn--mnchen-3ya.test' --qname MÜNCHEN.test.
names 'ok.xn--mnchen-3ya.test' --qname xn--MNCHEN-3YA.test
names 'ok.m\195\188nchen.test' --qname 'm\195\188nchen.test'
names 'ok.*.test' --qname '\*.test'

# -- Sums ---------------------------------------------------------------------------------

sums() { # JQ-EXPRESSION
	jq -r "select(.type == \"interval\") | $1" "$out_file" | sort
}
some() {
	ask connected 127.0.0.1 ok.a nx.b ok.A slow.d silent.e
}
for by in name process program container cgroup unit server rcode; do
	traced -j --timeout 900ms --top $by -- some
	is "$(sums .count | awk '{ n += $1 } END { print n }')" 5 "--top $by: all of them"
	is "$(sums .failed | awk '{ n += $1 } END { print n }')" 2 "--top $by: what failed"
	ok "--top $by: seen = shown + filtered + lost" conserved "$out_file"
	case $by in
	name) is "$(sums '"\(.qname) \(.count) \(.failed) \(.timed_out)"' | paste -sd,)" \
		'nx.b 1 1 0,ok.a 2 0 0,silent.e 1 1 1,slow.d 1 0 0' '--top name: without regard to case' ;;
	process) is "$(sums .comm)" python3 '--top process: who' ;;
	program) is "$(sums '"\(.comm) \(.pid)"')" 'python3 null' '--top program: by name' ;;
	container) is "$(sums .container_name)" null '--top container: none' ;;
	server) is "$(sums '"\(.server) \(.server_port)"')" "127.0.0.1 $port" '--top server: which' ;;
	rcode) is "$(sums '"\(.result) \(.count)"' | paste -sd,)" 'NOERROR 3,NXDOMAIN 1,TIMEOUT 1' '--top rcode: each' ;;
	esac
done
traced -j --top name 1 -- some
cmp_ok "$(sums .qname | wc -l)" '>=' 4 '--top name 1: by intervals'
traced -j --histogram -- some
is "$(sums '[.buckets[].count] | add')" 4 '--histogram: what was answered'
cmp_ok "$(sums .max_ns)" '>=' 400000000 '--histogram: the slow one'
cmp_ok "$(sums .max_ns)" '<' 4000000000 '... as it was'
traced --histogram -- some
like "$out" $'\n +usecs +: count +distribution\n' '--histogram: a plot'
traced --top name --rows 1 -- some
like "$out" $'\n3 others: 3 lookups, ' '--rows 1: the others together'

# -- The table ----------------------------------------------------------------------------

traced -- ask connected 127.0.0.1 ok.a nx.b
is "$(head -n 1 "$out_file" | tr -s ' ')" 'COMM PID TYPE SERVER LAT(ms) RESULT NAME' 'the header'
like "$out" $'\n'"python3 +[0-9]+ A +127\.0\.0\.1:$port +[0-9.]+ NOERROR +ok\.a 10\.1\.2\.3"$'\n' 'a row'
like "$out" 'queries 2 = answered 2 \+ timed out 0 \+ refused 0 \+ unknown 0 \+ open 0' 'the lookups'
like "$(tail -n 1 "$out_file")" '^seen 4 = shown 4 \+ filtered 0 \+ lost 0$' 'the summary'

# -- Usage --------------------------------------------------------------------------------

for wrong in '--port 0' '--port 53,x' '--type NONE' '--result none' '--qname a..b' '--slower 0' '--timeout x' '--timeout 5' \
	'--comm systemd-resolved'; do
	# shellcheck disable=SC2086 # two words
	run_tool dnssnoop $wrong
	is "$rc" 2 "$wrong: a usage error"
done
for wrong in 'a*.b' 'www.*.test' '**' $'mu\xcc\x88nchen.de' $'m\xfcnchen.de'; do
	run_tool dnssnoop --qname "$wrong"
	is "$rc" 2 "--qname $(printf %q "$wrong"): a usage error"
done
run_tool dnssnoop --timeout 5
like "$err" "^dnssnoop: --timeout: '5' .* milliseconds \(5s: seconds\)" '... which says how seconds are written'
traced -j --timeout 300 -- ask connected 127.0.0.1 silent.ms
is "$(results .result)" 'silent.ms TIMEOUT' '--timeout: a bare number is in milliseconds'

done_testing
