#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Intervals, disks and flags: however the I/O is divided, the parts are the whole.

# shellcheck disable=SC2317 # run by ok
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

scratch_loop 64M
disk=$REPLY
load=(--rw=randrw --norandommap --ioengine=libaio --iodepth=16 --ba=8k --time_based)

# Per series: the sum of all intervals, and the summary; the same if nothing was lost.
sums_agree() { # FILE
	jq -s -e '
		def id: [.disk, .class, .op, .flags, .phase, .other];
		def sum: [.count, .bytes, .sum_ns];
		def add_up: group_by(id) | map({id: (.[0] | id), sum: (map(sum) | transpose | map(add))})
			| map(select(.sum[0] > 0));
		([.[] | select(.type == "interval")] | add_up) as $parts |
		(.[-1].series | add_up) as $whole |
		$parts == $whole and ($whole | length) > 0' "$1" >/dev/null
}
# In each object the buckets hold as many as are counted.
buckets_agree() { # FILE
	jq -s -e 'all(.[] | select(.type == "interval"); .count == ([.buckets[].count] | add // 0))' \
		"$1" >/dev/null
}
intervals() {
	jq -s '[.[] | select(.type == "interval") | .mono_ns] | unique | length' "$out_file"
}

# -- Sums, under load ---------------------------------------------------------------------

views=('' '-D -F --phases')
in_guest || views+=('-D -F' --phases)
for options in "${views[@]}"; do
	# shellcheck disable=SC2086 # options
	traced -j $options 1 -- io "$disk" "${load[@]}" --runtime=2
	what="load, ${options:-default view}"
	cmp_ok "$(intervals)" '>=' 2 "$what: several intervals"
	ok "$what: they add up to the summary" sums_agree "$out_file"
	ok "$what: so do the buckets" buckets_agree "$out_file"
	ok "$what: seen = shown + filtered + lost" conserved "$out_file"
	total='.phase == null or .phase == "total"'
	is "$(result "[.series[] | select($total) | .count] | add")" "$(result .shown)" \
		"$what: the series add up to what was shown"
	cmp_ok "$(result .shown)" '>=' "$(($(fio_ios) * 199 / 200))" "$what: nothing is missing"
done

traced -j -d "$disk" 1 -- io "$disk" "${load[@]}" --runtime=2
about "$(jq -s '[.[] | select(.type == "interval" and .class == "io") | .count] | add' "$out_file")" \
	"$(fio_ios)" 16 'the intervals have what fio did'

# -- More series than there is room for ---------------------------------------------------

traced -j -D -F --max-series 1 -- io "$disk" "${load[@]}" --runtime=1
is "$(result '[.series[] | select(.other)] | length')" 1 '--max-series 1: the rest is "other"'
is "$(result '[.series[].count] | add')" "$(result .shown)" 'and nothing is lost'
ok '--max-series 1: seen = shown + filtered + lost' conserved "$out_file"
cmp_ok "$(result .shown)" '>=' "$(($(fio_ios) * 199 / 200))" '--max-series 1: all of it'
traced -D -F --max-series 1 -- io "$disk" --rw=randrw --number_ios=200
like "$out" $'\nothers \(more than --max-series\)\n' 'and so it is called in the table'

done_testing
