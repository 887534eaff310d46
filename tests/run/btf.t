#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the types are made to be another kernel's)
# sanitized: no (what the verifier takes is the same)
#
# The kernel's types as other kernels give them: a longer header, kinds that are not known yet, and
# without what other configurations leave out. Programs are loaded as on such a kernel: what they do
# with types that are not there must not be reached.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root python3 unshare mount

# The tool runs where those are the kernel's types.
with_types() { # FILE TOOL ARGUMENT...
	local file=$1 tool=$2
	shift 2
	# shellcheck disable=SC2016 # the inner shell's
	run unshare --mount sh -c 'mount --bind "$1" /sys/kernel/btf/vmlinux && shift && exec "$@"' sh \
		"$file" "$bin/$tool" "$@"
}

types() { # NAME OPTION...
	local name=$1
	shift
	ok "types: $name" python3 "$root/tests/run/btf.py" "$@" "$scratch/types"
}

start_with() { # NAME OPTION...
	types "$@"
	for tool in "${tools[@]}"; do
		with_types "$scratch/types" "$tool" --duration 0.1
		is "$rc" 0 "$tool: $1"
	done
}

start_with 'as they are'
start_with 'a header of 32 bytes' --head 32
start_with 'a header of 50 bytes' --head 50
start_with 'with the sizes of kinds' --head 32 --told
start_with 'a new kind, with its size' --head 32 --told --kind 20
start_with 'a new kind of the upper half' --head 48 --told --kind 90

types 'a new kind, of a size that nobody tells' --kind 20
for tool in "${tools[@]}"; do
	with_types "$scratch/types" "$tool" --duration 0.1
	is "$rc" 3 "$tool: a kind of a size that nobody tells: unsupported"
	like "$err" "^$tool: /sys/kernel/btf/vmlinux: .* newer than this tool$" "$tool: says why"
done
head -c 1000000 /sys/kernel/btf/vmlinux >"$scratch/types"
for tool in "${tools[@]}"; do
	with_types "$scratch/types" "$tool" --duration 0.1
	is "$rc" 3 "$tool: a part of the types: unsupported"
	like "$err" "^$tool: /sys/kernel/btf/vmlinux: .*not the kernel's types$" "$tool: says why"
done

# What a kernel built without it does not have.
declare -A without=(
	[IPV6]='sock_common.skc_v6_daddr sock_common.skc_v6_rcv_saddr inet_sock.pinet6 ipv6_pinfo
		tcp6_sock udp6_sock raw6_sock'
	[BLK_CGROUP]='bio.bi_blkg bio.bi_issue bio.issue_time_ns bio.bi_iocost_cost blkcg blkcg_gq
		request_queue.root_blkg io_cgrp_id task_struct.throttle_disk task_struct.throttle_queue'
	[MEMCG]='page.memcg_data page.mem_cgroup folio.memcg_data mem_cgroup obj_cgroup memory_cgrp_id
		mm_struct.owner sock.sk_memcg task_struct.active_memcg inode.i_wb'
	[SOCK_CGROUP_DATA]='sock.sk_cgrp_data sock_cgroup_data'
	[AUDIT]='task_struct.loginuid task_struct.sessionid task_struct.audit_context'
	[NET_NS]='possible_net_t.net'
	[MPTCP]='tcp_sock.is_mptcp tcp_sock.mptcp mptcp_sock mptcp_subflow_context
		tcp_request_sock.is_mptcp tcp_request_sock.drop_req'
	[SMP]='task_struct.cpu task_struct.recent_used_cpu task_struct.on_cpu thread_info.cpu
		task_struct.wake_cpu'
	[TASKSTATS]='task_struct.acct_rss_mem1 task_struct.acct_timexpd task_struct.ioac
		task_struct.sched_info task_struct.delays sched_info'
	[BLK_DEV]='request.alloc_time_ns request.wbt_flags request.nr_integrity_segments
		request.crypt_ctx bio.bi_crypt_context bio.bi_integrity request_queue.rq_qos'
	[NETFILTER]='sk_buff._nfct sk_buff.extensions sk_buff.active_extensions sock.sk_policy
		tcp_sock.md5sig_info tcp_sock.af_specific tcp_sock.ao_info request_sock.saved_syn'
)
without[ALL]=${without[*]}
without[CGROUPS]="task_struct.cgroups css_set cgroup cgroup_root cgroup_subsys_state cgroup_subsys_id
	kernfs_node ${without[MEMCG]} ${without[BLK_CGROUP]} ${without[SOCK_CGROUP_DATA]}"

# In each of its modes.
loads() { # CONFIGURATION TOOL
	local options
	while read -r options; do
		case $1,$options in CGROUPS,*cgroup*) continue ;; esac
		# shellcheck disable=SC2086 # options
		with_types "$scratch/types" "$2" $options --duration 0.05
		is "$rc" 0 "without $1: $2${options:+ $options}"
	done < <(modes_here)
}

for configuration in "${!without[@]}"; do
	left_out=()
	for name in ${without[$configuration]}; do left_out+=(--without "$name"); done
	types "without $configuration" "${left_out[@]}"
	for tool in "${tools[@]}"; do
		about_tool "$tool"
		[ "$configuration" = "$kernel_needs" ] || loads "$configuration" "$tool"
	done
done

done_testing
