#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# The rooms of common/ (docs/architecture.md): who may include whom.
# vm: no (sources)
# sanitized: no (sources)
# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need python3

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
is "$(includes block | grep -vE " (${above%|net|owner}|block)/")" '' 'block: the same'
is "$(find common -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | tr '\n' ' ')" \
	"$(printf '%s\n' "${rooms[@]}" block | sort | tr '\n' ' ')" 'there are no others'
is "$(find common -maxdepth 1 -type f)" '' 'each file is in one'
is "$(find common -type f -printf "%f\n" | sort | uniq -d)" '' 'no name is there twice'
is "$(grep -rlE '#include "tools/' common)" '' 'no room knows a tool'

# -- Files that include each other --------------------------------------------------------

mkdir -p "$scratch/common/room"
echo '#include "common/room/b.h"' >"$scratch/common/room/a.c"
echo '#include "common/room/a.h"' >"$scratch/common/room/b.h"
is "$(cd "$scratch" && python3 -S -E "$root/tests/run/circles.py" common)" 'common/room/a common/room/b' \
	'a circle is found'
for dir in common tools/*/ examples/*/; do
	is "$(python3 -S -E tests/run/circles.py "$dir")" '' "$dir: no files include each other"
done

done_testing
