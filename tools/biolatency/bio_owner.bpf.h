/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose a bio is: the user's filters by process and cgroup, asked where it is submitted. */
#ifndef BIOLATENCY_BIO_OWNER_BPF_H
#define BIOLATENCY_BIO_OWNER_BPF_H

#include "arg.bpf.h"
#include "bio_cgroup.bpf.h"
#include "tools/biolatency/config.bpf.h"

/* As with cgroups: inside is the process that was asked for. */
static __always_inline enum cgroup_verdict process_verdict(void)
{
	struct task_struct *task = submitter_task();
	__u32 tgid = task ? BPF_CORE_READ(task, tgid) : 0;

	if (!tgid)
		return CGROUP_UNKNOWN;
	return tgid == filter_pid ? CGROUP_INSIDE : CGROUP_OUTSIDE;
}

/* So that it can be said later what it came from. */
static __always_inline __u64 owner_unknown(void)
{
	struct bio_by by = {};
	__u64 key, *words = (__u64 *)by.name;

	submitter_name(by.name);
	key = words[0] ^ (words[1] * 0x9e3779b97f4a7c15ULL) ^ (words[2] * 0xc2b2ae3d27d4eb4fULL);
	key = (key * 0x9e3779b97f4a7c15ULL) >> OWNER_BY_SHIFT;
	bpf_map_update_elem(&unowned_by, &key, &by, BPF_NOEXIST);
	return key << OWNER_BY_SHIFT;
}

static __always_inline __u64 bio_owner(struct bio *bio)
{
	enum cgroup_verdict of_process = CGROUP_INSIDE, of_cgroup = CGROUP_INSIDE;
	struct cgroup *by;

	if (filter_pid)
		of_process = process_verdict();
	if (cgroup_target.given && of_process != CGROUP_OUTSIDE)
		of_cgroup = cgroup_verdict_of_bio(bio, &by);
	if (of_process == CGROUP_OUTSIDE || of_cgroup == CGROUP_OUTSIDE)
		return OWNER_KNOWN;
	if (of_process == CGROUP_UNKNOWN || of_cgroup == CGROUP_UNKNOWN)
		return owner_unknown();
	if (of_cgroup == CGROUP_PENDING)
		return OWNER_KNOWN | OWNER_PENDING | cgroup_id(by) << OWNER_BY_SHIFT;
	return OWNER_KNOWN | OWNER_MATCHES;
}

/*
 * Whose a bio is was noted where it entered, if its disk passes it on or a throttle held it back.
 * An entry that has got its request is of an earlier bio, unless a path failed the bio, which is
 * submitted again then.
 */
static __always_inline bool noted_before(__u64 address, struct inflight_ref *ref)
{
	const __u64 *field;

	if (!inflight_find(&requests, address, ref))
		return false;
	field = inflight_fields(ref);
	return (field[RQ_OWNER] & OWNER_KNOWN) &&
	       (!field[RQ_GOT] || (field[RQ_OWNER] & OWNER_PASSES));
}

/* Of OWNER_PENDING or BIO_OWNER_PENDING, when the I/O is done. */
static __always_inline enum cgroup_verdict owner_judged(__u64 owner)
{
	return cgroup_verdict_of_id(owner >> OWNER_BY_SHIFT);
}

static __always_inline bool owner_matches(__u64 owner)
{
	if (owner & OWNER_PENDING)
		return owner_judged(owner) == CGROUP_INSIDE;
	return owner & OWNER_MATCHES;
}

static __always_inline __u64 bio_owner_noted(struct bio *bio, __u64 address)
{
	struct inflight_ref ref;

	return noted_before(address, &ref) ? inflight_fields(&ref)[RQ_OWNER] : bio_owner(bio);
}

static __always_inline __u64 bio_filtered(struct bio *bio, const struct io *io, __u64 address,
					  bool owned)
{
	__u64 owner;

	if (!wanted_before(io))
		return BIO_OWNER_OTHER;
	if (!owned)
		return 0;
	owner = bio_owner_noted(bio, address);
	if (owner & OWNER_MATCHES)
		return 0;
	if (owner & OWNER_PENDING)
		return owner >> OWNER_BY_SHIFT << OWNER_BY_SHIFT | BIO_OWNER_PENDING;
	return owner & OWNER_KNOWN ? BIO_OWNER_OTHER : owner | BIO_OWNER_UNKNOWN;
}

/*
 * The first part of a bio that was held back and is too large for its disk: bi_private is the bio
 * that it is a part of. `args` are the tracepoint's; see arg_identity().
 */
static __always_inline __u64 owner_of_whole(struct bio *bio, const __u64 *arg)
{
	__u64 whole = (__u64)BPF_CORE_READ(bio, bi_private), part = 0;
	struct inflight_ref ref;

	if (bpf_probe_read_kernel(&part, sizeof(part), arg) ||
	    !noted_before(arg_identity(bio) + whole - part, &ref))
		return 0;
	return inflight_fields(&ref)[RQ_OWNER];
}

static __always_inline __u64 owner_at_getrq(struct bio *bio, const __u64 *arg)
{
	__u64 owner = 0;

	if (filter_pid && !submitter_task())
		owner = owner_of_whole(bio, arg);
	return owner & OWNER_KNOWN ? owner : bio_owner(bio);
}

#endif
