// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/socket_owner.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/msg.h"

/* A search may take so much of the time, and comes at most once a second for those in doubt. */
#define SEARCH_SHARE 20
#define SEARCH_DOUBT_NS NSEC_PER_SEC
/* An owner may be wrong without a sign of it: it lives, but has passed the socket on. */
#define SEARCH_ALL_NS (10 * NSEC_PER_SEC)
/* Of the last search; the sockets of all others have it in their storage. */
#define FOUND_MAX 65536

struct socket_owners {
	struct bpf_link *iterator;
	uint32_t *search, *pass;
	uint64_t doubt_ns, all_ns; /* no search before this for those in doubt, for the others */
	uint64_t searched_ns;	   /* events after it came with what the search has found */
	struct socket_change *found;
	size_t count, room, left_out;
};

static int owners_compare(const void *a, const void *b)
{
	uint64_t x = ((const struct socket_change *)a)->owner.socket;
	uint64_t y = ((const struct socket_change *)b)->owner.socket;

	return x < y ? -1 : x > y;
}

static int owners_keep(struct socket_owners *o, const struct socket_change *change)
{
	/* Their storage has the owner, too: events after this search know it. */
	if (o->count == FOUND_MAX) {
		o->left_out++;
		return 0;
	}
	if (o->count == o->room) {
		size_t room = o->room ? 2 * o->room : 64;
		struct socket_change *found = reallocarray(o->found, room, sizeof(*found));

		if (!found)
			return -ENOMEM;
		o->found = found;
		o->room = room;
	}
	o->found[o->count++] = *change;
	return 0;
}

/* The kernel writes whole structs, but a reading may end within one. */
static int owners_read(struct socket_owners *o, int fd)
{
	struct socket_change batch[128];
	size_t have = 0;
	ssize_t n;
	int err = 0;

	while (!err && (n = read(fd, (char *)batch + have, sizeof(batch) - have))) {
		size_t whole;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		have += n;
		whole = have / sizeof(batch[0]);
		for (size_t i = 0; !err && i < whole; i++)
			err = owners_keep(o, &batch[i]);
		have -= whole * sizeof(batch[0]);
		memmove(batch, &batch[whole], have);
	}
	return err;
}

static int owners_iterate(struct socket_owners *o, enum socket_search search)
{
	int fd, err;

	__atomic_store_n(o->search, search, __ATOMIC_SEQ_CST);
	fd = bpf_iter_create(bpf_link__fd(o->iterator));
	if (fd < 0)
		return -errno;
	err = owners_read(o, fd);
	close(fd);
	return err;
}

static uint64_t later_ns(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* First the owners that still have a descriptor, then the sockets whose owners have none. */
static void owners_search(struct socket_owners *o, bool in_doubt)
{
	uint64_t begin_ns = clock__mono_ns(), took_ns;
	int err;

	__atomic_store_n(o->pass, *o->pass + 1, __ATOMIC_SEQ_CST);
	o->count = o->left_out = 0;
	err = owners_iterate(o, SEARCH_CONFIRM) ?: owners_iterate(o, SEARCH_TAKE);
	if (o->count)
		qsort(o->found, o->count, sizeof(o->found[0]), owners_compare);
	o->searched_ns = clock__mono_ns();
	took_ns = o->searched_ns - begin_ns;
	o->doubt_ns = begin_ns + later_ns(took_ns * SEARCH_SHARE, in_doubt ? SEARCH_DOUBT_NS : 0);
	o->all_ns = begin_ns + later_ns(took_ns * SEARCH_SHARE, SEARCH_ALL_NS);
	msg__verbose("descriptors searched in %llu us: %zu sockets have another owner, %zu more "
		     "have one for their next events only%s%s",
		     (unsigned long long)took_ns / 1000, o->count, o->left_out, err ? "; " : "",
		     err ? strerror(-err) : "");
}

struct socket_owners *socket_owners__new(struct bpf_link *iterator, uint32_t *search,
					 uint32_t *pass)
{
	struct socket_owners *o = calloc(1, sizeof(*o));
	uint64_t begin_ns = clock__mono_ns();
	int err;

	if (!o)
		return NULL;
	o->iterator = iterator;
	o->search = search;
	o->pass = pass;
	err = owners_iterate(o, SEARCH_FIRST);
	if (err) {
		free(o);
		errno = -err;
		return NULL;
	}
	msg__verbose("descriptors searched in %llu us",
		     (unsigned long long)(clock__mono_ns() - begin_ns) / 1000);
	return o;
}

void socket_owners__free(struct socket_owners *o)
{
	if (!o)
		return;
	free(o->found);
	free(o);
}

static const struct socket_owner *owners_found(const struct socket_owners *o,
					       const struct socket_event *e)
{
	const struct socket_change wanted = { .owner.socket = e->socket }, *found;

	if (!o->count || e->time_ns > o->searched_ns)
		return NULL;
	found = bsearch(&wanted, o->found, o->count, sizeof(wanted), owners_compare);
	return found && found->cookie == e->cookie ? &found->owner : NULL;
}

static bool owner_is_doubtful(uint64_t socket, const struct socket_owner *owner)
{
	if (!owner->pid || owner->socket != socket)
		return true;
	return kill(owner->pid, 0) && errno == ESRCH;
}

void socket_owners__update(struct socket_owners *o, const struct socket_event *e,
			   struct socket_owner *owner)
{
	bool doubtful = owner_is_doubtful(e->socket, owner);
	const struct socket_owner *found = owners_found(o, e);

	if (!found && clock__mono_ns() >= (doubtful ? o->doubt_ns : o->all_ns)) {
		owners_search(o, doubtful);
		found = owners_found(o, e);
	}
	if (found)
		*owner = *found;
}

bool socket_owner__is_listener(const struct socket_owner *owner, uint64_t socket)
{
	return owner->pid && owner->socket != socket;
}

const char *socket_owner__from(const struct socket_owner *owner, uint64_t socket)
{
	static const char *const names[] = { NULL, "open", "descriptor" };

	if (!owner->pid || owner->from > OWNER_DESCRIPTOR)
		return NULL;
	return socket_owner__is_listener(owner, socket) ? "listener" : names[owner->from];
}
