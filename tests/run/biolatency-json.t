#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by ok
#
# --json: each line an object of the schema, whatever is asked for, and true to itself.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop python3

scratch_loop 64M
disk=$REPLY

# What each object must have, by type; "?" is what may be missing. What is not listed here is not
# allowed: it would have to be in docs/schema.md.
cat >"$scratch/schema.jq" <<'EOF'
def whole: type == "number" and . >= 0 and . == floor;
def real: type == "number" and . >= 0;
def text: type == "string" and length > 0;
def texts: type == "array" and all(.[]; text);
def counts: type == "object" and all(.[]; whole);
def one_of($list): . as $v | any($list[]; . == $v);
def rfc3339: type == "string" and
	test("^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{9}Z$");
def bucket: (keys == ["count", "ge_ns", "lt_ns"]) and (.count | whole and . > 0) and
	(.ge_ns | whole) and (.lt_ns == null or .lt_ns > .ge_ns);

# Wants the members of the object to be these, with [name, is it right?, may it be missing?].
def members($rows): . as $o | ($rows | map(.[0])) as $known |
	if (keys - $known) != [] then "unknown: \(keys - $known)"
	else ($rows[] | select(.[2] | not) | .[0] | select(in($o) | not) | "missing: \(.)"),
		($rows[] | select(.[1] | not) | "wrong: \(.[0]) \($o[.[0]])")
	end;
def row($name; check; $may): [$name, (if has($name) then .[$name] | check else true end), $may];
def row($name; check): row($name; check; false);

def common($type): row("schema"; . == "snoopkit.biolatency/1"), row("type"; . == $type),
	row("ts"; rfc3339), row("mono_ns"; whole and . > 0);
# Without I/O there are no times.
def times: (.count == 0) as $none |
	("p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns", "avg_ns") as $name |
	row($name; whole and ($none | not); $none);
def series: row("disk"; text; true),
	row("class"; one_of(["io", "discard", "write_zeroes", "zone", "flush", "sync", "passthrough"]);
		.other == true),
	row("status"; text; true), row("errors"; counts; true),
	row("op"; text; true), row("flags"; texts; true), row("other"; . == true; true),
	row("phase"; one_of(["submit", "queue", "device", "total"]); true),
	row("interval_ns"; whole and . > 0), row("count"; whole), row("bytes"; whole),
	row("sum_ns"; whole), row("iops"; real), row("mb_per_s"; real), times;

def stall: row("disk"; text), row("in_flight"; whole and . > 0), row("stalled_ns"; whole and . > 0);

def faults:
	if .type == "interval" then members([common("interval"), series,
		row("buckets"; type == "array" and all(.[]; bucket))])
	elif .type == "lost" then members([common("lost"), row("cause"; text),
		row("count"; whole and . > 0)])
	elif .type == "unseen" then members([common("unseen"), row("count"; whole and . > 0)])
	elif .type == "stalled" then members([common("stalled"), stall])
	elif .type == "summary" then members([common("summary"), row("duration_ns"; whole),
		row("seen"; whole), row("shown"; whole), row("filtered"; whole), row("lost"; counts),
		row("notes"; counts), row("kernel"; whole; true), row("unseen"; whole; true),
		row("unchecked"; whole; true), row("unseen_by"; type == "array"; true), row("series"; type == "array"),
		row("stalled"; type == "array"), row("unowned_by"; type == "array"; true)]),
		(.series[] | members([series])), (.stalled[] | members([stall]))
	else "type: \(.type)" end;

# What must hold between members.
def in_bucket($ns): any(.buckets[]; .ge_ns <= $ns and (.lt_ns == null or $ns < .lt_ns));
# The bucket of the nearest rank.
def rank_bucket($p): ((.count * $p / 10000 | ceil) | if . < 1 then 1 else . end) as $rank |
	reduce .buckets[] as $b ({seen: 0};
		if .found then . else .seen += $b.count | if .seen >= $rank then .found = $b else . end end)
	| .found;
def percentile_ok($ns; $p): rank_bucket($p) as $b |
	$b.ge_ns <= $ns and ($b.lt_ns == null or $ns < $b.lt_ns);
def contradictions:
	(select((.count // 0) > 0) |
		(select([.p50_ns, .p90_ns, .p99_ns, .p99_9_ns, .max_ns] | . != sort) | "percentiles fall"),
		(select(.avg_ns != (.sum_ns / .count | floor)) | "average"),
		(select(.avg_ns > .max_ns) | "average above max"),
		(select((.iops - .count * 1e9 / .interval_ns) | fabs > 1) | "iops"),
		(select((.mb_per_s - .bytes * 1e3 / .interval_ns) | fabs > 0.1) | "mb_per_s")),
	(select(.type == "interval") |
		(select(.count != ([.buckets[].count] | add // 0)) | "buckets and count"),
		(select(.buckets != (.buckets | sort_by(.ge_ns))) | "order of buckets"),
		(select(.count > 0) |
			(select(percentile_ok(.p50_ns; 5000) | not) | "p50"),
			(select(percentile_ok(.p90_ns; 9000) | not) | "p90"),
			(select(percentile_ok(.p99_ns; 9900) | not) | "p99"),
			(select(percentile_ok(.p99_9_ns; 9990) | not) | "p99.9"),
			(select((.buckets[-1] | .ge_ns) > .max_ns) | "max below the last bucket"),
			(select(in_bucket(.max_ns) | not) | "max in no bucket"),
			(select(([.buckets[] | .ge_ns * .count] | add) > .sum_ns) | "sum too small")));
EOF
valid() { # FILE
	local faults
	json_check "$1" || return
	faults=$(jq -r -f <(cat "$scratch/schema.jq"; echo 'faults, contradictions, (.series[]? | contradictions)') "$1") || return
	[ -z "$faults" ] || { sort <<<"$faults" | uniq -c | head -n 20 && return 1; }
}
# The summary comes last, and only once; time does not go back.
in_order() { # FILE
	jq -s -e '(map(.type == "summary") | index(true)) == length - 1 and
		(map(.mono_ns) | . == sort)' "$1" >/dev/null
}

check() { # WHAT
	ok "$1: each line fits the schema" valid "$out_file"
	ok "$1: the summary comes last" in_order "$out_file"
	is "$(jq -s '[.[] | select(.type == "interval")] | length > 0' "$out_file")" true \
		"$1: there are intervals"
}

mixed() {
	io "$disk" --rw=randrw --number_ios="$(scaled 4000 400)" --fsync=50 --ioengine=libaio --iodepth=8
	blkdiscard -o 0 -l 1M "$disk"
}
views=('' '-Q -D' '-D -F --phases 1')
in_guest || views+=(-D -F '-D -F --phases' '-T -e -m 1' '--max-series 1 -D -F 1')
for options in "${views[@]}"; do
	# shellcheck disable=SC2086 # options
	traced -j $options -- mixed
	check "${options:-default view}"
done

# -- No I/O -------------------------------------------------------------------------------

scratch_loop 1M
idle=$REPLY
run_tool biolatency -j -d "$idle" 1 1
check 'no I/O'
is "$(jq -s '.[0] | [.count, .bytes, .sum_ns, .buckets == [], .p50_ns] | tostring' -r "$out_file")" \
	'[0,0,0,true,null]' 'no I/O: zero of it, and no times'
run_tool biolatency -j --phases -d "$idle" --duration 0.3
check 'no I/O, --phases'

# -- The clock ----------------------------------------------------------------------------

before=$(date -u +%s)
run_tool biolatency -j -d "$idle" --duration 0.3
after=$(date -u +%s)
ts=$(date -u -d "$(result .ts)" +%s)
cmp_ok "$ts" '>=' "$before" 'ts is the time of the end'
cmp_ok "$ts" '<=' "$after" 'in UTC'
TZ=Asia/Kolkata run_tool biolatency -j -d "$idle" --duration 0.3
like "$(result .ts)" 'Z$' 'in any time zone'
cmp_ok "$(date -u -d "$(result .ts)" +%s)" '>=' "$after" 'the same clock'

# -- Only JSON ----------------------------------------------------------------------------

run_tool biolatency -j -T -v --no-header --columns count -d "$idle" 1 1
ok 'nothing else on stdout, whatever tables would have' valid "$out_file"

done_testing
