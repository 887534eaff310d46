#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# The rooms of common/ (docs/architecture.md): who may include whom.
# vm: no (sources)
# sanitized: no (sources)
# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

cd "$(dirname "$0")/../.." || exit
rooms=(bpf base kernel out cgroup stream tool net owner)

# What the files of a room include, as "file room/file" lines.
includes() { # room
	grep -HoE '#include "common/[a-z]+/[a-z_0-9]+\.h"' "common/$1"/*.[ch] |
		sed -E 's|^common/([^:]*):#include "common/(.*)\.h"|\1 \2|'
}

above=
for room in "${rooms[@]}"; do
	below=$(includes "$room" | grep -vE " (${above:-none}|$room)/")
	is "$below" '' "$room includes what is above it only"
	above=${above:+$above|}$room
done
for room in block; do
	is "$(includes "$room" | grep -vE " (${above%|net|owner}|$room)/")" '' "$room: the same"
done
is "$(find common -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | tr '\n' ' ')" \
	"$(printf '%s\n' "${rooms[@]}" block | sort | tr '\n' ' ')" 'there are no others'
is "$(find common -maxdepth 1 -type f)" '' 'each file is in one'
is "$(find common -type f -printf "%f\n" | sort | uniq -d)" '' 'no name is there twice'
is "$(grep -rlE '#include "tools/' common)" '' 'no room knows a tool'

done_testing
