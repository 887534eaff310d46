// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/follow.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/base/text.h"
#include "common/cgroup/cgroup.h"
#include "common/cgroup/cgroup_joined.h"
#include "common/cgroup/cgroup_rejected.h"
#include "common/cgroup/cgroup_targets.h"
#include "common/cgroup/cgroup_undecided.h"
#include "common/kernel/priv.h"
#include "common/stream/ring.h"

/* The first cgroup of a hierarchy: its root. */
#define ROOT_ID 1
/*
 * Cgroups that were missed are looked for at most so often; and whoever may create cgroups can make
 * it long to look through all: it may take 5 % of the time.
 */
#define WALK_NS (NSEC_PER_SEC / 5)
#define WALK_SHARE 20
/*
 * Of the checks, every two seconds, those that look through all cgroups: for a container's name,
 * which others may get and lose; and in case that news were missed without a count.
 */
#define CHECKS_OF_NAMES 2
#define CHECKS_OF_ALL 16

struct follow {
	struct cgroup_wanted wanted;
	struct cgroup_target target;
	struct follow_shared shared;
	int targets, news;
	struct ring *ring;
	struct cgroup_joined joined;
	struct cgroup_undecided undecided;
	struct cgroup_rejected rejected;
	uint64_t unjudged, missed, next_walk_ns;
	unsigned int checks;
	bool started, walk_due;
	void (*changed)(void *ctx);
	void *changed_ctx;
	char inside[PATH_MAX]; /* during a walk: what comes is below it */
};

struct follow *follow__new(const struct cgroup_wanted *w, const struct cgroup_target *t)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->wanted = *w;
	f->target = *t;
	f->targets = f->news = -1;
	return f;
}

void follow__free(struct follow *f)
{
	if (!f)
		return;
	ring__free(f->ring);
	cgroup_joined__free(&f->joined);
	cgroup_undecided__free(&f->undecided);
	free(f);
}

static const struct cgroup_hierarchy *follow_hierarchy(const struct follow *f)
{
	return cgroup_mount__by_id(f->target.hierarchy);
}

/* The files of runtimes are root's. */
static void follow_may_read(const struct follow *f, bool on)
{
	if (f->wanted.kind == CGROUP_WANTED_CONTAINER && geteuid())
		priv__raise(PRIV_DAC_READ_SEARCH | PRIV_DAC_OVERRIDE, on);
}

/* ---- what becomes of a cgroup ---- */

static void follow_change(struct follow *f)
{
	if (f->changed && f->started)
		f->changed(f->changed_ctx);
}

static void follow_joined(struct follow *f, uint64_t id, const char *path)
{
	const struct cgroup_hierarchy *h = follow_hierarchy(f);
	struct cgroup_ref ref;

	if (cgroup_wanted__own_len(&f->wanted, path) != strlen(path) ||
	    !cgroup_joined__add(&f->joined, id, path))
		return;
	cgroup_targets__above(f->targets, h, path);
	if (!cgroup__resolve_in(h, path, &ref))
		*f->shared.has_memory = cgroup__charges_memory(&ref);
	msg__verbose("%s: cgroup %s %s", cgroup_wanted__text(&f->wanted), text__quote(path),
		     f->started ? "joins" : "is there");
	follow_change(f);
}

static void follow_left(struct follow *f, uint64_t id, const char *path)
{
	if (!cgroup_joined__drop(&f->joined, id))
		return;
	msg__verbose("%s: cgroup %s leaves", cgroup_wanted__text(&f->wanted), text__quote(path));
	follow_change(f);
}

static void follow_reject(struct follow *f, uint64_t id)
{
	cgroup_targets__drop(f->targets, id);
	cgroup_rejected__add(&f->rejected, id);
}

static void follow_give_up(struct follow *f, uint64_t id)
{
	follow_reject(f, id);
	f->unjudged++;
}

/* A new one. False: it is not known yet. */
static bool follow_judge(struct follow *f, uint64_t id, const char *path)
{
	switch (cgroup_wanted__verdict(&f->wanted, path)) {
	case CGROUP_PENDING:
		return false;
	case CGROUP_INSIDE:
		cgroup_targets__turn(f->targets, id, CGROUP_INSIDE);
		follow_joined(f, id, path);
		return true;
	case CGROUP_UNKNOWN:
		cgroup_targets__turn(f->targets, id, CGROUP_UNKNOWN);
		cgroup_rejected__add(&f->rejected, id);
		return true;
	case CGROUP_OUTSIDE:
		follow_reject(f, id);
	}
	return true;
}

/* ---- all that is there ---- */

static void follow_found(struct follow *f, uint64_t id, const char *path)
{
	if (strcmp(path, "/") != 0)
		strcpy(f->inside, path);
	follow_joined(f, id, path);
}

static int follow_enter(struct follow *f, uint64_t id, enum cgroup_verdict verdict)
{
	struct cgroup_undecided_one *one = cgroup_undecided__find(&f->undecided, id);
	int err = cgroup_targets__set(f->targets, id, verdict);

	if (one && verdict != CGROUP_PENDING)
		cgroup_undecided__drop(&f->undecided, one);
	if (err == -E2BIG)
		f->unjudged++;
	return err == -E2BIG ? 0 : err;
}

static int follow_visit(const char *path, uint64_t id, void *ctx)
{
	struct follow *f = ctx;
	enum cgroup_verdict verdict;

	if (*f->inside && cgroup_mount__is_below(path, f->inside))
		return follow_enter(f, id, CGROUP_INSIDE);
	verdict = cgroup_wanted__verdict(&f->wanted, path);
	if (verdict == CGROUP_INSIDE)
		follow_found(f, id, path);
	if (verdict == CGROUP_INSIDE || verdict == CGROUP_UNKNOWN)
		return follow_enter(f, id, verdict);
	if (verdict == CGROUP_PENDING) {
		if (f->started || cgroup_undecided__add(&f->undecided, id, clock__mono_ns(), path))
			return 0;
		return follow_enter(f, id, CGROUP_PENDING);
	}
	/* It had the name. */
	if (cgroup_targets__get(f->targets, id) == CGROUP_INSIDE) {
		cgroup_targets__drop(f->targets, id);
		follow_left(f, id, path);
	}
	return 0;
}

static int follow_walk(struct follow *f)
{
	uint64_t begin_ns = clock__mono_ns(), rest_ns;
	int err;

	f->walk_due = false;
	f->inside[0] = '\0';
	err = cgroup__walk(follow_hierarchy(f), follow_visit, f);
	rest_ns = WALK_SHARE * (clock__mono_ns() - begin_ns);
	f->next_walk_ns = clock__mono_ns() + (rest_ns > WALK_NS ? rest_ns : WALK_NS);
	if (err == -E2BIG)
		msg__verbose("some cgroups could not be looked through");
	return err == -E2BIG ? 0 : err;
}

/* ---- news ---- */

/* The last components, as many as there are levels below the base. */
static const char *path_below(const char *path, int depth)
{
	const char *at = path + strlen(path);

	while (at > path && depth)
		depth -= *--at == '/';
	return at;
}

/* As a walk has it. */
static int follow_path(const struct follow *f, const struct cgroup_news *n, size_t len,
		       char path[PATH_MAX])
{
	const struct cgroup_hierarchy *h = follow_hierarchy(f);
	const char *told = (const char *)(n + 1);

	if (!len || told[len - 1])
		return -EINVAL;
	if (len == CGROUP_NEWS_PATH_MAX)
		return cgroup__path_of_id(f->target.hierarchy, n->id, path, PATH_MAX);
	if (n->depth < 0)
		return cgroup_mount__join(path, PATH_MAX, "/..", told, "");
	return cgroup_mount__join(path, PATH_MAX, h->root, path_below(told, n->depth), "");
}

static void follow_born(struct follow *f, const struct cgroup_news *n, const char *path)
{
	if (!follow_judge(f, n->id, path) &&
	    cgroup_undecided__add(&f->undecided, n->id, n->time_ns, path))
		follow_give_up(f, n->id);
}

static int follow_news(void *ctx, const void *data, size_t size)
{
	const struct cgroup_news *n = data;
	struct follow *f = ctx;
	char path[PATH_MAX];

	if (size < sizeof(*n))
		return -EINVAL;
	f->walk_due |= n->kind == CGROUP_NEWS_RENAMED;
	if (n->kind == CGROUP_NEWS_RENAMED)
		return 0;
	/* It may be gone. */
	if (follow_path(f, n, size - sizeof(*n), path))
		strcpy(path, "/");
	if (n->kind == CGROUP_NEWS_BORN)
		follow_born(f, n, path);
	else
		follow_left(f, n->id, path);
	return 0;
}

/* Those whose time is over are others'. */
static void follow_retry(struct follow *f, bool last)
{
	uint64_t now_ns = last ? UINT64_MAX : clock__mono_ns();
	struct cgroup_undecided_one *one;

	while ((one = cgroup_undecided__due(&f->undecided, now_ns))) {
		bool judged = follow_judge(f, one->id, one->path);

		if (!judged && now_ns - one->time_ns < CGROUP_UNDECIDED_NS)
			continue;
		if (!judged)
			follow_give_up(f, one->id);
		cgroup_undecided__drop(&f->undecided, one);
	}
}

/* The next one may be luckier. */
static void follow_walk_again(struct follow *f)
{
	int err = follow_walk(f);

	if (err)
		msg__verbose("cgroups could not be looked through: %s", strerror(-err));
}

static void follow_missed(struct follow *f)
{
	/* Pairs with the additions of follow_mkdir(). */
	uint64_t missed = __atomic_load_n(f->shared.missed, __ATOMIC_RELAXED);

	if (missed != f->missed) {
		f->unjudged += missed - f->missed;
		f->missed = missed;
		f->walk_due = true;
	}
	if (f->walk_due && clock__mono_ns() >= f->next_walk_ns)
		follow_walk_again(f);
}

int follow__turn(struct follow *f, uint64_t *hold_ns)
{
	int err;

	follow_may_read(f, true);
	err = ring__read(f->ring);
	follow_retry(f, false);
	follow_missed(f);
	follow_may_read(f, false);
	*hold_ns = cgroup_undecided__since_ns(&f->undecided);
	return err;
}

int follow__end(struct follow *f)
{
	int err;

	follow_may_read(f, true);
	err = ring__read(f->ring);
	follow_retry(f, true);
	follow_may_read(f, false);
	return err;
}

void follow__check(struct follow *f)
{
	bool by_name = f->wanted.kind == CGROUP_WANTED_CONTAINER && !*f->wanted.id;
	unsigned int every = CHECKS_OF_ALL;

	if (by_name)
		every = f->joined.count ? CHECKS_OF_NAMES : 1;
	if ((++f->checks % every && !f->walk_due) || clock__mono_ns() < f->next_walk_ns)
		return;
	follow_may_read(f, true);
	follow_walk_again(f);
	follow_may_read(f, false);
}

bool follow__wants(struct follow *f, uint64_t v2, uint64_t v1)
{
	struct cgroup_undecided_one *one;
	uint64_t id;

	if (!f)
		return true;
	id = f->target.hierarchy ? v1 : v2;
	one = f->undecided.count ? cgroup_undecided__find(&f->undecided, id) : NULL;
	if (one) {
		follow_give_up(f, id);
		cgroup_undecided__drop(&f->undecided, one);
	}
	return !cgroup_rejected__has(&f->rejected, id);
}

void follow__changed(struct follow *f, void (*changed)(void *ctx), void *ctx)
{
	f->changed = changed;
	f->changed_ctx = ctx;
}

uint64_t follow__unjudged(const struct follow *f)
{
	return f ? f->unjudged : 0;
}

/* ---- the start ---- */

int follow__open(struct follow *f, const struct bpf_object *obj, const struct follow_shared *shared)
{
	struct bpf_map *targets = bpf_object__find_map_by_name(obj, "cgroup_targets");
	struct bpf_map *news = bpf_object__find_map_by_name(obj, "cgroup_news");

	if (!targets || !news || !shared->missed || !shared->has_memory)
		return -ENOENT;
	f->shared = *shared;
	f->targets = bpf_map__fd(targets);
	f->news = bpf_map__fd(news);
	f->ring = ring__new(f->news, bpf_map__max_entries(news), follow_news, f);
	return f->ring ? 0 : -errno;
}

int follow__fd(const struct follow *f)
{
	return f->news;
}

static void follow_waits(const struct follow *f)
{
	const char *what = cgroup_wanted__text(&f->wanted);

	if (f->wanted.kind == CGROUP_WANTED_PATH)
		msg__warn(NULL, "waiting for %s: there is none yet in %s", what,
			  text__quote(follow_hierarchy(f)->mount));
	else if (f->wanted.unread)
		msg__warn(NULL,
			  "waiting for %s: there is none yet, but some containers have no name "
			  "here, like those of users' own runtimes (give its ID)",
			  what);
	else
		msg__warn(NULL, "waiting for %s: there is none yet", what);
}

int follow__start(struct follow *f)
{
	const struct cgroup_hierarchy *h = follow_hierarchy(f);
	int err = cgroup_targets__set(f->targets, ROOT_ID, CGROUP_UNKNOWN);

	*f->shared.has_memory = h->id && cgroup_mount__list_has(h->controllers, "memory");
	err = err ?: follow_walk(f);
	f->started = true;
	if (err || f->joined.count)
		return err;
	follow_waits(f);
	return 0;
}
