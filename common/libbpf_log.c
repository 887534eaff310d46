// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/msg.h"

#define LIBBPF_LOG_BYTES 8192

static char log_kept[LIBBPF_LOG_BYTES];
static size_t log_len;

/* The verifier's words are long, and begin with what matters least. */
static int log_verbose(const char *fmt, va_list ap)
{
	char *text;
	int len = vasprintf(&text, fmt, ap);

	if (len < 0)
		return 0;
	msg__write(text, len);
	free(text);
	return len;
}

static int log_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	int len;

	if (msg__is_verbose())
		return log_verbose(fmt, ap);
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
	if (log_len)
		msg__write(log_kept, log_len);
	log_len = 0;
}

bool libbpf_log__says(const char *text)
{
	return strstr(log_kept, text);
}
