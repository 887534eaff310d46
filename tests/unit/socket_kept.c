// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* socket_kept.bpf.h on several processors at once: two write, one reads. */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include "tests/unit/bpf_shim.h"

#define barrier() __asm__ volatile("" ::: "memory")
#include "common/bpf/socket_kept.bpf.h"
#include "tests/unit/tap.h"

#define WRITERS 2
#define OWNERS 8

static struct socket_owner kept, owners[WRITERS][OWNERS];
static bool over;

static void make_owners(void)
{
	for (int w = 0; w < WRITERS; w++) {
		for (int i = 0; i < OWNERS; i++) {
			struct socket_owner *o = &owners[w][i];

			o->socket = 0xffff800000000000ULL + i * 64;
			o->start_ns = 1000 + w;
			o->pid = 100 + w * OWNERS + i;
			o->from = OWNER_OPEN;
			memset(o->comm, 'a' + w, sizeof(o->comm));
			o->comm[0] = '0' + i;
			socket_owner_seal(o);
		}
	}
}

static void *write_owners(void *arg)
{
	const struct socket_owner *mine = arg;

	for (unsigned int i = 0; !__atomic_load_n(&over, __ATOMIC_RELAXED); i++)
		socket_owner_put(&kept, &mine[i % OWNERS]);
	return NULL;
}

static bool is_one_of_them(const struct socket_owner *owner)
{
	for (int i = 0; i < WRITERS * OWNERS; i++)
		if (!memcmp(owner, &owners[i / OWNERS][i % OWNERS], sizeof(*owner)))
			return true;
	return false;
}

static void test_at_once(void)
{
	pthread_t writers[WRITERS];
	unsigned int whole = 0, torn = 0;

	for (int i = 0; i < WRITERS; i++)
		if (pthread_create(&writers[i], NULL, write_owners, owners[i]))
			return;
	for (int i = 0; i < 3000000; i++) {
		struct socket_owner owner;

		socket_owner_get(&owner, &kept);
		if (!owner.pid)
			continue;
		if (is_one_of_them(&owner))
			whole++;
		else
			torn++;
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	is_u64(torn, 0, "none is made of two");
	ok(whole > 0, "many are known (%u)", whole);
}

/* What the last writers leave, word by word. */
static void test_mixed(void)
{
	struct socket_owner owner, mixed;
	unsigned int known = 0;

	for (size_t at = 4; at < sizeof(mixed); at += 4) {
		mixed = owners[0][0];
		memcpy(&mixed, &owners[1][1], at);
		mixed.pass = 0;
		socket_owner_get(&owner, &mixed);
		known += owner.pid && !is_one_of_them(&owner);
	}
	is_u64(known, 0, "the first words of one and the last words of another are nobody");
	memset(&mixed, 0, sizeof(mixed));
	socket_owner_get(&owner, &mixed);
	is_u64(owner.pid, 0, "nothing is nobody");
	mixed = owners[1][3];
	mixed.pass = 7;
	socket_owner_get(&owner, &mixed);
	is_u64(owner.pid, owners[1][3].pid, "a search notes that it has found the owner");
}

int main(void)
{
	make_owners();
	kept = owners[0][0];
	test_mixed();
	test_at_once();
	return done_testing();
}
