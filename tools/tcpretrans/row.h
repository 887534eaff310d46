/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A record as it is shown. */
#ifndef TCPRETRANS_ROW_H
#define TCPRETRANS_ROW_H

#include "common/cgroup/cgroup_names.h"
#include "common/net/net.h"
#include "common/tool/tool.h"
#include "tools/tcpretrans/tcpretrans.h"

struct retrans_row {
	uint64_t time_ns;
	uint64_t pid; /* FIELD_UNKNOWN: not known; the same for others below */
	const char *comm, *cause, *attempt, *error, *reason, *why, *state, *owner_from;
	uint32_t uid, segs, bytes, seq, netns, sport, dport;
	uint64_t srtt_us, rttvar_us, rto_ms, backoff, cwnd, ssthresh, snd_wnd, in_flight, lost;
	uint64_t mss, dsack, total_segs, total_bytes, data_segs, sent_bytes, cgroup_id, cookie;
	double rate, spurious; /* of connections, in percent */
	const char *congestion, *cgroup, *container;
	const struct container *container_full;
	const char *again, *orphan; /* "again", "?" or nothing */
	char container_id[13], pid_text[12];
	char comm_text[PROCESS_COMM_LEN + 1], congestion_text[RETRANS_CONGESTION_LEN + 1];
	char flags[9], family[5], error_text[16], why_text[96];
	char remote_why[NET_ENDPOINT_SIZE + 98]; /* behind the address */
	char saddr[NET_ADDR_SIZE], daddr[NET_ADDR_SIZE];
	char local[NET_ENDPOINT_SIZE], remote[NET_ENDPOINT_SIZE];
};

/* `owner`: as it is known by now. The row borrows from the names. */
void row__fill(struct retrans_row *row, const struct retrans_record *r,
	       const struct socket_owner *owner, struct cgroup_names *cgroups);
/* Members that are no columns. */
void row__json(const struct retrans_row *row, const struct retrans_record *r, struct json *j);

#endif
