// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/cause.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"
#include "tools/tcpretrans/tcpretrans.h"

static const char *const names[CAUSE_MAX] = {
	[CAUSE_SYN] = "syn",	       [CAUSE_SYNACK] = "synack",
	[CAUSE_RTO] = "rto",	       [CAUSE_ZERO_WINDOW] = "zero_window",
	[CAUSE_TLP] = "tlp",	       [CAUSE_RACK] = "rack",
	[CAUSE_FAST] = "fast",	       [CAUSE_SLOW_START] = "slow_start",
	[CAUSE_PMTU] = "pmtu",	       [CAUSE_MTU_PROBE] = "mtu_probe",
	[CAUSE_FASTOPEN] = "fastopen", [CAUSE_OTHER] = "other",
	[CAUSE_FAIL] = "fail",
};

const char *cause__name(unsigned int cause)
{
	return cause < CAUSE_MAX ? names[cause] : NULL;
}

static int cause_find(const char *name, size_t len)
{
	for (int i = 0; i < CAUSE_MAX; i++)
		if (strlen(names[i]) == len && !strncmp(names[i], name, len))
			return i;
	return -ENOENT;
}

static int cause_none(const char *name, size_t len)
{
	char given[64], known[256] = "";
	size_t used = 0;

	snprintf(given, sizeof(given), "%.*s", (int)(len < 60 ? len : 60), name);
	for (int i = 0; i < CAUSE_MAX && used < sizeof(known); i++)
		used += snprintf(known + used, sizeof(known) - used, " %s", names[i]);
	msg__error(option__typed("cause"), "'%s' is no cause (there are:%s)", text__quote(given),
		   known);
	return -EINVAL;
}

int cause__mask(const char *list, uint32_t *mask)
{
	*mask = list ? 0 : UINT32_MAX;
	while (list) {
		size_t len = strcspn(list, ",");
		int cause = cause_find(list, len);

		if (cause < 0)
			return cause_none(list, len);
		*mask |= 1U << cause;
		list = list[len] ? list + len + 1 : NULL;
	}
	return 0;
}
