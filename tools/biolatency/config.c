// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/config.h"

#include <string.h>
#include "common/base/cpu.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"
#include "common/out/series.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

/* What a stamp may be early before it is worth noting one of our own. */
#define TOLERATED_NS 1000

static int config_disk(struct bio_plan *plan)
{
	struct biolatency_bpf *skel = plan->skel;
	int err = disks__find(&plan->disks, &plan->opt->disks);

	skel->rodata->filter_disks = plan->disks.n;
	disks__tell(&plan->disks, skel->bss->wanted_disks);
	return err;
}

/* The option by owner that was given; NULL if none was. */
static const char *config_owner_option(const struct owner_options *o)
{
	const struct {
		bool given;
		const char *name;
	} options[] = { { o->pid, "pid" },
			{ o->cgroup, "cgroup" },
			{ o->container, "container" },
			{ o->unit, "unit" } };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given)
			return option__typed(options[i].name);
	return NULL;
}

/* What has no owner and no place on a disk would be filtered always. */
static int config_check_op(const struct bio_plan *plan, enum bio_class class)
{
	const char *name = plan->opt->op, *owner = config_owner_option(&plan->opt->owner);

	if (class != CLASS_FLUSH && class != CLASS_PASSTHROUGH)
		return 0;
	if (owner)
		msg__error(option__typed("op"),
			   "'%s' has no owner, so it cannot be used together with %s (the wait of "
			   "an fsync is a write's)",
			   name, owner);
	else if (plan->disks.partitions_only)
		msg__error(option__typed("op"),
			   "'%s' is for a whole disk, so no partition has it (-d of the disk)",
			   name);
	else if (plan->disks.bios_only)
		msg__error(
			option__typed("op"),
			"'%s' is for disks with requests, and this is none (an fsync is a write)",
			name);
	else
		return 0;
	return TOOL_TOLD(TOOL_USAGE);
}

static int config_op(struct bio_plan *plan)
{
	char known[512];
	uint32_t op;

	if (!plan->opt->op)
		return 0;
	if (block_names__op(&plan->names, plan->opt->op, &op)) {
		block_names__list(&plan->names, known, sizeof(known));
		msg__error(option__typed("op"), "'%s' is no operation (there are: %s)",
			   text__quote(plan->opt->op), known);
		return TOOL_TOLD(TOOL_USAGE);
	}
	plan->skel->rodata->filter_op = op;
	return config_check_op(plan, plan->skel->rodata->class_of_op[op]);
}

static int config_series(struct bio_plan *plan)
{
	struct biolatency_bpf *skel = plan->skel;
	int cpus = cpu__limit(), err;
	uint32_t mask = 0;

	if (cpus < 0)
		return cpus;
	if (sizes__plan(&plan->sizes, cpus, plan->opt)) {
		msg__error(option__typed("max-series"), "so many rows need %llu MB (%u MB at most)",
			   (unsigned long long)sizes__bytes(&plan->sizes, cpus) >> 20,
			   SIZES_BYTES_MAX >> 20);
		return TOOL_TOLD(TOOL_USAGE);
	}
	err = series__size_shared(skel->maps.series, plan->sizes.rows, plan->sizes.hists,
				  plan->sizes.shift, &mask);
	skel->rodata->series_mask = mask;
	skel->rodata->series_shift = plan->sizes.shift;
	skel->rodata->series_shared = plan->sizes.shift;
	return err;
}

static int config_count_disk(void *ctx, const struct disk_info *disk)
{
	*(size_t *)ctx += disk->dev != 0;
	return 0;
}

static int config_seen(struct bio_plan *plan)
{
	size_t disks = 0;
	uint32_t mask = 0;
	int err;

	/* Where they cannot be counted they cannot be compared. */
	disk__each(config_count_disk, &disks);
	err = seen__size(plan->skel->maps.disks_seen, disks, &mask);
	plan->skel->rodata->seen_mask = mask;
	return err;
}

static const struct {
	const char *prefix;
	enum bio_class class;
} op_classes[] = {
	{ "read", CLASS_IO },
	{ "write_zeroes", CLASS_ZEROES },
	{ "write_same", CLASS_ZEROES },
	{ "write", CLASS_IO },
	{ "flush", CLASS_FLUSH },
	{ "discard", CLASS_DISCARD },
	{ "secure_erase", CLASS_DISCARD },
	{ "zone_append", CLASS_IO },
	{ "zone_", CLASS_ZONE },
};

/* Commands of user space or a driver have different names, and are the rest. */
static enum bio_class config_class(const char *op)
{
	for (size_t i = 0; i < sizeof(op_classes) / sizeof(op_classes[0]); i++)
		if (!strncmp(op, op_classes[i].prefix, strlen(op_classes[i].prefix)))
			return op_classes[i].class;
	return CLASS_PASSTHROUGH;
}

static void config_add_class(void *ctx, uint32_t op, const char *name)
{
	struct biolatency_bpf *skel = ctx;

	*(uint8_t *)&skel->rodata->class_of_op[op] = config_class(name);
}

static void config_classes(struct bio_plan *plan)
{
	memset((void *)plan->skel->rodata->class_of_op, CLASS_PASSTHROUGH,
	       sizeof(plan->skel->rodata->class_of_op));
	block_names__each_op(&plan->names, config_add_class, plan->skel);
}

static int config_kernel(struct bio_plan *plan, const struct probe *p)
{
	struct biolatency_bpf *skel = plan->skel;
	int64_t bit;

	if (block_names__init(&plan->names, p)) {
		msg__error(
			"load",
			"this kernel's BTF does not have the names of the block layer's operations");
		return TOOL_TOLD(TOOL_UNSUPPORTED);
	}
	plan->plug_cache = probe__field(p, "blk_plug", "cur_ktime");
	skel->rodata->plug_cache = plan->plug_cache;
	if (!probe__enumerator(p, "__RQF_IO_STAT", &bit))
		skel->rodata->block_io_stat_bit = bit;
	if (!probe__enumerator(p, "BIO_CHAIN", &bit))
		skel->rodata->block_bio_chain_bit = bit;
	if (!probe__enumerator(p, "__RQF_FLUSH_SEQ", &bit))
		skel->rodata->block_flush_seq_bit = bit;
	config_classes(plan);
	for (int i = 1; i < ERRNO_LIMIT; i++)
		*(uint8_t *)&skel->rodata->status_of_errno[i] =
			block_names__status_of_errno(&plan->names, i);
	return 0;
}

int config__set(struct bio_plan *plan, struct run *run)
{
	const struct bio_options *opt = plan->opt;
	struct biolatency_bpf *skel = plan->skel;
	int err;

	skel->rodata->phases = opt->phases;
	skel->rodata->with_queue = opt->queued;
	skel->rodata->split_disk = opt->per_disk;
	skel->rodata->errors_only = opt->errors;
	skel->rodata->tolerated_ns = opt->phases || opt->exact ? 0 : TOLERATED_NS;
	err = config_kernel(plan, run->probe);
	err = err ?: config_disk(plan);
	err = err ?: config_op(plan);
	err = err ?: owner__configure(run, &opt->owner);
	err = err ?: config_series(plan);
	err = err ?: config_seen(plan);
	if (!err && opt->per_flag)
		skel->rodata->flags_mask = block_names__mask(&plan->names);
	return err;
}
