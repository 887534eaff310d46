/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * User side of bpf/socket_search.bpf.h: searches the descriptors of all processes, at the start for
 * the sockets that are older, and later where what is known of an owner has to be looked at again.
 */
#ifndef SNOOPKIT_SOCKET_OWNER_H
#define SNOOPKIT_SOCKET_OWNER_H

#include "common/bpf/socket_owner_wire.h"
#include "common/tool/tool.h"

struct socket_owners;

/* After attaching; the first search. NULL with errno set. `search` and `pass` are the programs'. */
struct socket_owners *socket_owners__new(struct bpf_link *iterator, uint32_t *search,
					 uint32_t *pass);
void socket_owners__free(struct socket_owners *owners);

/* An event, and with whom it came. */
struct socket_event {
	uint64_t time_ns;
	uint64_t socket;
	uint64_t cookie; /* 0: not known, or of MPTCP */
};

/*
 * Sets `owner` to who has the socket by now. Searches if it had been inherited or its process has
 * ended, and the last time is long enough ago; now and then for others, too.
 */
void socket_owners__update(struct socket_owners *owners, const struct socket_event *event,
			   struct socket_owner *owner);

/* It listens where this socket was accepted, by it or by another process. */
bool socket_owner__is_listener(const struct socket_owner *owner, uint64_t socket);
/* "open", "descriptor", "listener"; NULL: not known. */
const char *socket_owner__from(const struct socket_owner *owner, uint64_t socket);

#endif
