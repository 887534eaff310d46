#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it builds)
# sanitized: no (it builds tools of its own)
#
# Built with kernel headers that are not those of the kernel that runs: what they say of data that
# passes between the two must not matter.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root make gcc

uapi=$scratch/include/linux
mkdir -p "$uapi"

# linux/btf.h with a longer header, and other bits for what it says of a type's info.
echo '#include <linux/btf.h>' | gcc -E - | grep -o '"/[^"]*/linux/btf.h"' | sort -u | tr -d '"' >"$scratch/header"
ok 'linux/btf.h is found' test -r "$(<"$scratch/header")"
sed '/^struct btf_header {/,/^}/s/^}/\t__u32 later[10];\n}/
	s/^#define BTF_INFO_\(KIND\|VLEN\|KFLAG\)(info).*/#define BTF_INFO_\1(info) ((info) \& 0)/
	s/^#define BTF_\(MAGIC\|VERSION\)\b.*/#define BTF_\1 0/' "$(<"$scratch/header")" >"$uapi/btf.h"
# linux/bpf.h with longer descriptions of programs, maps and links.
sed '/^struct bpf_[a-z]*_info {/,/^}/s/^}/\t__u64 later[32];\n}/' "$(dirname "$(<"$scratch/header")")/bpf.h" \
	>"$uapi/bpf.h"
is "$(grep -c 'later\[' "$uapi/btf.h") $(($(grep -c 'later\[' "$uapi/bpf.h") > 0))" '1 1' 'other headers are made'

built=$scratch/build
run_limit=300
run make --no-print-directory -C "$root" -j"$(nproc)" OUTPUT="$built" CFLAGS='-O1' \
	CPPFLAGS="-isystem $scratch/include" "${tools[@]/#/$built/}"
is "$rc" 0 'the tools are built with them'
run_limit=60
for tool in "${tools[@]}"; do
	run "$built/$tool" --duration 0.2
	is "$rc" 0 "$tool, built with other headers: runs"
	like "$out$err" 'seen [0-9]+ = ' "$tool, built with other headers: and counts"
done

done_testing
