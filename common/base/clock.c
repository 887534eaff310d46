// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/clock.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The inode number of the first time namespace (include/linux/proc_ns.h). */
#define FIRST_TIME_NS 0xEFFFFFFAU
/* The shortest of so many measurements counts. */
#define MEASUREMENTS 16

/* The host's clock is so much ahead of this process's. */
static int64_t ahead_ns;

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/*
 * Whether this process is in a time namespace of its own. Not what /proc/self/timens_offsets says:
 * that is about its children.
 */
static bool clock_is_host(void)
{
	struct stat st;

	if (stat("/proc/self/ns/time", &st))
		/* Before 5.6 and without CONFIG_TIME_NS there are none. */
		return !access("/proc/self/ns/uts", F_OK);
	return st.st_ino == FIRST_TIME_NS;
}

/* A program that leaves the time in the two words of its context that it may write to. */
static int clock_program(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_ns },
		{ .code = BPF_STX | BPF_MEM | BPF_W,
		  .dst_reg = 6,
		  .src_reg = 0,
		  .off = offsetof(struct __sk_buff, cb[0]) },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = 0, .imm = 32 },
		{ .code = BPF_STX | BPF_MEM | BPF_W,
		  .dst_reg = 6,
		  .src_reg = 0,
		  .off = offsetof(struct __sk_buff, cb[1]) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "clock", "Dual BSD/GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), NULL);
}

static int clock_run(int prog, uint64_t *host_ns)
{
	unsigned char packet[64] = {};
	struct __sk_buff ctx = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .ctx_out = &ctx,
		    .ctx_size_out = sizeof(ctx), .repeat = 1);
	int err = bpf_prog_test_run_opts(prog, &opts);

	*host_ns = (uint64_t)ctx.cb[1] << 32 | ctx.cb[0];
	return err;
}

/*
 * Whenever the clocks are compared, it is asked whether something is over: so the host's is rather
 * too slow by what the shortest measurement took than too fast.
 */
static int clock_measure(int prog)
{
	uint64_t shortest = UINT64_MAX;

	for (int i = 0; i < MEASUREMENTS; i++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC), host, after;
		int err = clock_run(prog, &host);

		if (err)
			return err;
		after = clock_ns(CLOCK_MONOTONIC);
		if (after - before >= shortest)
			continue;
		shortest = after - before;
		ahead_ns = host - after;
	}
	return 0;
}

int clock__init(void)
{
	int prog, err;

	if (clock_is_host())
		return 0;
	prog = clock_program();
	if (prog < 0)
		return prog;
	err = clock_measure(prog);
	close(prog);
	return err;
}

int64_t clock__ahead_ns(void)
{
	return ahead_ns;
}

uint64_t clock__mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC) + ahead_ns;
}

uint64_t clock__own_ns(uint64_t mono_ns)
{
	return mono_ns - ahead_ns;
}

static uint64_t clock_offset_ns(void)
{
	uint64_t before = clock__mono_ns();
	uint64_t real = clock_ns(CLOCK_REALTIME);
	uint64_t after = clock__mono_ns();

	return real - (before + (after - before) / 2);
}

/* Measured once a second, so that records of one time have one time stamp. */
uint64_t clock__real_ns(uint64_t mono_ns)
{
	static uint64_t offset_ns, measured_ns;
	uint64_t now = clock__mono_ns();

	if (!measured_ns || now - measured_ns >= NSEC_PER_SEC) {
		offset_ns = clock_offset_ns();
		measured_ns = now;
	}
	return offset_ns + mono_ns;
}

void clock__rfc3339(uint64_t mono_ns, char *buf, size_t size)
{
	uint64_t ns = clock__real_ns(mono_ns);
	time_t sec = ns / NSEC_PER_SEC;
	struct tm tm;
	size_t len;

	gmtime_r(&sec, &tm);
	len = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, size - len, ".%09uZ", (unsigned int)(ns % NSEC_PER_SEC));
}

void clock__local_time(uint64_t mono_ns, char *buf, size_t size)
{
	time_t sec = clock__real_ns(mono_ns) / NSEC_PER_SEC;
	struct tm tm;

	/* localtime() would open the zone file again for every row. */
	localtime_r(&sec, &tm);
	if (!strftime(buf, size, "%H:%M:%S", &tm))
		buf[0] = '\0';
}

uint64_t clock__jiffy_ns(void)
{
	struct timespec ts;

	/* That of the coarse clocks, whatever the timers of this machine can do. */
	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}
