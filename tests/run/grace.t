#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (LSan cannot look at what strace traces)
# vm: no (needs strace)
#
# At its end a tool waits for programs that are under way, also where membarrier() does not: with
# nohz_full= it is refused, and it need not be built in.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq strace

calls=$scratch/calls

traced() { # TOOL [STRACE-OPTION...]
	local tool=$1
	shift
	run strace -f -T -e trace=membarrier,bpf,close -o "$calls" "$@" \
		"$bin/$tool" --json --duration 0.2
	is "$rc" 0 "$tool: ends well"
	ok "$tool: adds up" conserved "$out_file"
}

after_links() { # what is called after the last link was made
	sed '1,/BPF_LINK_CREATE/d' "$calls" | sed -n '/BPF_LINK_CREATE/!p'
}

for tool in "${tools[@]}"; do
	traced "$tool"
	like "$(after_links)" 'membarrier\(MEMBARRIER_CMD_GLOBAL, 0\) *= 0' "$tool: membarrier() waits"
	unlike "$(<"$calls")" 'OF_MAPS' '... and nothing else is there to wait'
	for error in EINVAL ENOSYS EPERM; do
		traced "$tool" -e "inject=membarrier:error=$error"
		like "$(after_links)" 'close\(.*BPF_MAP_UPDATE_ELEM, \{.* = 0 <' \
			"$tool, $error: a map of maps waits, behind the links"
		unlike "$err" 'cannot be waited' "... which is told to nobody"
	done
done

# Where neither can: it is said.
for tool in "${tools[@]}"; do
	run strace -f -o /dev/null -e trace=membarrier,bpf -e inject=membarrier:error=EINVAL \
		-e inject=bpf:error=E2BIG:when=1..4 "$bin/$tool" --json --duration 0.2
	is "$rc" 0 "$tool, neither: ends well"
	like "$err" 'cannot be waited for' '... and says that nothing has waited'
done
done_testing
