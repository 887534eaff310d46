// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The memory of biolatency's rows is bounded on any number of CPUs. */
#include "tools/biolatency/sizes.c"

#include "tests/unit/tap.h"
#include "common/bpf/hist_wire.h"

static const uint32_t cpus[] = { 1, 2, 3, 8, 64, 193, 200, 256, 1000, 1024, 4096, 8192 };

#define NCPUS (sizeof(cpus) / sizeof(cpus[0]))

static void test_bound(const struct bio_options *opt, const char *what)
{
	unsigned int wrong = 0;
	struct sizes s;

	for (size_t i = 0; i < NCPUS; i++) {
		int err = sizes__plan(&s, cpus[i], opt);
		uint64_t sets = ((cpus[i] - 1) >> s.shift) + 1;
		uint64_t bytes = sets * (s.rows + SERIES_OTHERS) * SERIES_SIZE(s.hists);

		if (!err && bytes <= SIZES_BYTES_MAX && !(s.rows & (s.rows - 1)) &&
		    s.hists == (opt->phases ? 4 : 1) && bytes == sizes__bytes(&s, cpus[i]))
			continue;
		wrong++;
		diag("%u CPUs: %d, %u rows, shift %u: %llu bytes", cpus[i], err, s.rows, s.shift,
		     (unsigned long long)bytes);
	}
	is_u64(wrong, 0, "%s: at most 64 MB on 1 to 8192 CPUs", what);
}

static void test_bounds(void)
{
	test_bound(&(struct bio_options){}, "default");
	test_bound(&(struct bio_options){ .phases = true }, "--phases");
	test_bound(&(struct bio_options){ .per_disk = true }, "-D");
	test_bound(&(struct bio_options){ .per_flag = true, .phases = true }, "-F --phases");
	test_bound(&(struct bio_options){ .per_disk = true, .max_series = 1 }, "--max-series 1");
	test_bound(&(struct bio_options){ .per_disk = true, .max_series = 4096 },
		   "--max-series 4096");
	test_bound(&(struct bio_options){ .per_disk = true, .phases = true, .max_series = 2048 },
		   "--phases --max-series 2048");
}

/* What people have had so far stays. */
static void test_small(void)
{
	struct sizes s;

	sizes__plan(&s, 8, &(struct bio_options){});
	ok(s.rows == 16 && !s.shift, "8 CPUs: 16 rows each");
	sizes__plan(&s, 8, &(struct bio_options){ .per_disk = true });
	ok(s.rows == 256 && !s.shift, "... with -D 256");
	sizes__plan(&s, 8, &(struct bio_options){ .per_disk = true, .phases = true });
	ok(s.rows == 64 && !s.shift, "... and with --phases 64");
	sizes__plan(&s, 8, &(struct bio_options){ .per_disk = true, .max_series = 100 });
	ok(s.rows == 128 && !s.shift, "... with --max-series as many as are asked for");
	sizes__plan(&s, 4096, &(struct bio_options){});
	ok(s.rows >= 8 && s.shift, "4096 CPUs: some share their rows");
	is_int(sizes__plan(&s, 1,
			   &(struct bio_options){
				   .per_disk = true, .phases = true, .max_series = 4096 }),
	       -E2BIG, "what does not fit at all is refused");
}

int main(void)
{
	test_bounds();
	test_small();
	return done_testing();
}
