#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: cgroup=v2,hybrid,v1
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# Which cgroup and container an exec is of, and -c and --container, in each hierarchy.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

program snoopexec
one() { # DIRECTORY
	in_cgroup "$1" "$scratch/snoopexec" -c : "$1"
}
shown() { # JQ-EXPRESSION
	events '.comm == "snoopexec"' "$1"
}

# As /proc has it; hosts without a cgroup v2 that is in use have that of a v1 hierarchy.
traced -j -- "$scratch/snoopexec" -c :
ok 'the cgroup is one that /proc tells of' grep -qxF "$(shown .cgroup)" <(cut -d : -f 3- /proc/self/cgroup)

# Removed before anybody can look.
gone() { # DIRECTORY
	kill -STOP "$tool"
	in_cgroup "$1/short" "$scratch/snoopexec" -c 'echo "$(</proc/self/cgroup)" >"$0"' "$scratch/proc"
	cgroup_remove "$1/short"
	kill -CONT "$tool"
}

filters() { # WHAT
	local what=$1 dir=$REPLY id
	id=$(sha256sum <<<"$dir" | cut -c 1-64)
	mkdir "$dir/below" "$dir-not" "$dir/docker-$id.scope" "$dir/short"
	at_exit "for d in '$dir'/*/ '$dir-not'; do cgroup_remove \"\$d\"; done"

	all() {
		one "$dir"
		one "$dir/below"
		one "$dir-not"
		one "$dir/docker-$id.scope"
	}
	traced -j -c "$dir" -- all
	is "$(shown '.argv[-1]')" "$(printf '%s\n' "$dir" "$dir/below" "$dir/docker-$id.scope")" \
		"-c, $what: it and those below"
	cmp_ok "$(result .filtered)" '>=' 1 "-c, $what: others are filtered"
	ok "-c, $what: seen = shown + filtered + lost" conserved "$out_file"
	traced -j -c "$dir/below" -- all
	is "$(shown '.argv[-1]')" "$dir/below" "-c, $what: not the one above"
	traced -j --container "${id:0:12}" -- all
	is "$(shown '.argv[-1]')" "$dir/docker-$id.scope" "--container, $what"
	is "$(shown .container.id)" "$id" "the container's id, $what"

	background_tool execsnoop -j -c "$dir"
	tool=$REPLY
	gone "$dir"
	stop_tool "$tool"
	ok "$what: the cgroup is the one that it was" \
		grep -qxF "$(shown .cgroup)" <(cut -d : -f 3- "$scratch/proc")
}

if mount=$(cgroup2_mount); then
	scratch_cgroup v2
	name=${REPLY#"$mount"}
	filters v2
	is "$(shown .cgroup)" "$name/short" 'v2: though it is gone'
else
	skip 8 'no cgroup v2'
fi
for controller in pids memory; do
	if cgroup1_mount $controller >/dev/null; then
		scratch_cgroup "v1-$controller" $controller
		filters "v1 $controller"
	else
		skip 7 "no cgroup v1 with $controller"
	fi
done

done_testing
