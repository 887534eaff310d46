// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Bytes that came to a port of DNS and may be anything: what they are is told by those that there
 * are, and the name in a ClientHello is some of them.
 */
#include "tools/dnssnoop/guess.c"

#include "tests/fuzz/fuzz.h"

static bool is_part(const uint8_t *bytes, size_t len, const struct guess_name *name)
{
	for (size_t i = 0; i + name->len <= len; i++)
		if (!memcmp(bytes + i, name->bytes, name->len))
			return true;
	return false;
}

static void check_message(const uint8_t *bytes, size_t len)
{
	struct dns_msg msg = { .data = bytes, .len = len };

	if (len < DNS_HEADER)
		return;
	for (int i = 0; i < DNS_SECTIONS; i++)
		msg.count[i] = get16(bytes + 4 + 2 * i);
	/* One question is enough to be meant as DNS. */
	must(!guess__is_implausible(&msg) || msg.count[DNS_QUESTION] > 1 || msg.count[DNS_ANSWER] ||
	     msg.count[DNS_AUTHORITY] || msg.count[DNS_ADDITIONAL] ||
	     len < DNS_HEADER + QUESTION_LEAST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	/* To see a step beyond its end. */
	uint8_t *bytes = malloc(len ?: 1);
	struct guess_name name;

	memcpy(bytes, data, len);
	must(guess__word(guess__stream(bytes, len, false)));
	must(guess__word(guess__stream(bytes, len, true)));
	must((guess__datagram(bytes, len) == GUESS_SHORT) == (len < DNS_HEADER));
	guess__server_name(bytes, len, &name);
	must(name.len <= sizeof(name.bytes) && is_part(bytes, len, &name));
	must(!name.len || guess__stream(bytes, len, true) == GUESS_TLS || bytes[1] != 3 ||
	     bytes[2] > 4 || !get16(bytes + 3) || get16(bytes + 3) > TLS_RECORD_MAX);
	check_message(bytes, len);
	free(bytes);
	return 0;
}
