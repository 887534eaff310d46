// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/signal_name.h"

#include <signal.h>
#include <stdio.h>

/* sigabbrev_np() is not in musl. */
#define S(name) [name] = #name
static const char *const names[] = {
	S(SIGHUP),  S(SIGINT),	  S(SIGQUIT), S(SIGILL),  S(SIGTRAP),	S(SIGABRT), S(SIGBUS),
	S(SIGFPE),  S(SIGKILL),	  S(SIGUSR1), S(SIGSEGV), S(SIGUSR2),	S(SIGPIPE), S(SIGALRM),
	S(SIGTERM), S(SIGSTKFLT), S(SIGCHLD), S(SIGCONT), S(SIGSTOP),	S(SIGTSTP), S(SIGTTIN),
	S(SIGTTOU), S(SIGURG),	  S(SIGXCPU), S(SIGXFSZ), S(SIGVTALRM), S(SIGPROF), S(SIGWINCH),
	S(SIGIO),   S(SIGPWR),	  S(SIGSYS),
};
#undef S

const char *signal_name(int sig, char *buf, size_t size)
{
	if (sig > 0 && (size_t)sig < sizeof(names) / sizeof(names[0]) && names[sig])
		return names[sig];
	snprintf(buf, size, "SIG%d", sig);
	return buf;
}
