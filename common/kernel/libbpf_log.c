// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/msg.h"

#define LIBBPF_LOG_BYTES 8192
#define MESSAGE_BYTES 2048

static char log_kept[LIBBPF_LOG_BYTES];
static size_t log_len;

/* Of what is long, the verifier's words, the end tells what is wrong. */
static void log_keep(const char *text, size_t len)
{
	size_t room = sizeof(log_kept) - 1 - log_len;

	if (len > MESSAGE_BYTES) {
		const char *line = memchr(text + len - MESSAGE_BYTES, '\n', MESSAGE_BYTES);

		text = line ? line + 1 : text + len - MESSAGE_BYTES;
		len = strlen(text);
	}
	if (len > room)
		return;
	memcpy(log_kept + log_len, text, len);
	log_len += len;
	log_kept[log_len] = '\0';
}

static int log_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char *text;
	int len;

	if (level != LIBBPF_WARN && !msg__is_verbose())
		return 0;
	len = vasprintf(&text, fmt, ap);
	if (len < 0)
		return 0;
	if (msg__is_verbose())
		msg__write(text, len);
	if (level == LIBBPF_WARN)
		log_keep(text, len);
	free(text);
	return len;
}

void libbpf_log__start(void)
{
	libbpf_set_print(log_print);
}

void libbpf_log__show(void)
{
	if (log_len && !msg__is_verbose())
		msg__write(log_kept, log_len);
	log_len = 0;
}

bool libbpf_log__says(const char *text)
{
	return strstr(log_kept, text);
}
