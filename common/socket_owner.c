// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/socket_owner.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/msg.h"

/* A search may take so much of the time, and comes at most once a second. */
#define SEARCH_SHARE 20
/* Of the last search; the sockets of all others have it in their storage. */
#define FOUND_MAX 65536

struct socket_owners {
	struct bpf_link *iterator;
	uint32_t *search, *pass;
	uint64_t next_ns; /* no search before this */
	struct socket_owner *found;
	size_t count, room;
};

static int owners_compare(const void *a, const void *b)
{
	uint64_t x = ((const struct socket_owner *)a)->socket;
	uint64_t y = ((const struct socket_owner *)b)->socket;

	return x < y ? -1 : x > y;
}

static int owners_keep(struct socket_owners *o, const struct socket_owner *owner)
{
	if (o->count == FOUND_MAX)
		return 0;
	if (o->count == o->room) {
		size_t room = o->room ? 2 * o->room : 64;
		struct socket_owner *found = reallocarray(o->found, room, sizeof(*found));

		if (!found)
			return -ENOMEM;
		o->found = found;
		o->room = room;
	}
	o->found[o->count++] = *owner;
	return 0;
}

/* The kernel writes whole structs, but a reading may end within one. */
static int owners_read(struct socket_owners *o, int fd)
{
	struct socket_owner batch[128];
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

/* First who has a descriptor still, then the sockets of those who have none. */
static void owners_search(struct socket_owners *o)
{
	uint64_t begin_ns = clock__mono_ns(), took_ns;
	int err;

	__atomic_store_n(o->pass, *o->pass + 1, __ATOMIC_SEQ_CST);
	o->count = 0;
	err = owners_iterate(o, SEARCH_CONFIRM) ?: owners_iterate(o, SEARCH_TAKE);
	if (o->count)
		qsort(o->found, o->count, sizeof(o->found[0]), owners_compare);
	took_ns = clock__mono_ns() - begin_ns;
	o->next_ns = begin_ns + took_ns * SEARCH_SHARE;
	if (o->next_ns < begin_ns + NSEC_PER_SEC)
		o->next_ns = begin_ns + NSEC_PER_SEC;
	msg__verbose("descriptors searched in %llu us: %zu sockets have another owner%s%s",
		     (unsigned long long)took_ns / 1000, o->count, err ? "; " : "",
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

static const struct socket_owner *owners_found(const struct socket_owners *o, uint64_t socket)
{
	struct socket_owner wanted = { .socket = socket };

	if (!o->count)
		return NULL;
	return bsearch(&wanted, o->found, o->count, sizeof(wanted), owners_compare);
}

static bool owner_is_doubtful(uint64_t socket, const struct socket_owner *owner)
{
	if (!owner->pid || owner->socket != socket)
		return true;
	return kill(owner->pid, 0) && errno == ESRCH;
}

void socket_owners__update(struct socket_owners *o, uint64_t socket, struct socket_owner *owner)
{
	const struct socket_owner *found;

	if (owner->pid && owner->socket != socket)
		owner->from = OWNER_LISTENER;
	if (!owner_is_doubtful(socket, owner))
		return;
	found = owners_found(o, socket);
	if (!found && clock__mono_ns() >= o->next_ns) {
		owners_search(o);
		found = owners_found(o, socket);
	}
	if (found)
		*owner = *found;
}

const char *socket_owner__from(const struct socket_owner *owner)
{
	static const char *const names[] = { NULL, "open", "descriptor", "listener" };

	return owner->pid && owner->from < 4 ? names[owner->from] : NULL;
}
