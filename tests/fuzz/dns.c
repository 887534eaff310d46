// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* libFuzzer's target for the DNS decoder: make fuzz. Output is cut at a size that the input has. */
#include "tests/fuzz/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char text[300000];
	struct dns_text t;

	dns_text__init(&t, text, len && data[0] < 32 ? 1 + data[0] * (size_t)9 : sizeof(text));
	describe(data, len, &t);
	return 0;
}
