// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/msg.h"

#define LIBBPF_LOG_BYTES 8192

static char log_kept[LIBBPF_LOG_BYTES];
static size_t log_len;

static int log_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	int len;

	if (msg__is_verbose())
		return vdprintf(STDERR_FILENO, fmt, ap);
	if (level != LIBBPF_WARN || log_len >= sizeof(log_kept) - 1)
		return 0;
	len = vsnprintf(log_kept + log_len, sizeof(log_kept) - log_len, fmt, ap);
	if (len > 0)
		log_len += strnlen(log_kept + log_len, sizeof(log_kept) - log_len - 1);
	return 0;
}

void libbpf_log__start(void)
{
	libbpf_set_print(log_print);
}

void libbpf_log__show(void)
{
	/* Nobody is left to tell when stderr fails. */
	if (log_len && write(STDERR_FILENO, log_kept, log_len) < 0)
		return;
	log_len = 0;
}
