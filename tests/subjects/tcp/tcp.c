// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A process with a TCP socket, which does one step after the other: tcp STEP...
 *
 *   reuseport, fastopen, congestion NAME   options of the sockets from here on
 *   backlog N, defer SECONDS               the same, of those that listen
 *   mptcp                                  the same with another protocol
 *   bind ADDRESS PORT
 *   listen ADDRESS PORT
 *   connect ADDRESS PORT
 *   try ADDRESS PORT SECONDS               may fail
 *   tries ADDRESS PORT N                   as many at once, without waiting for them
 *   speak                                  sends a byte on each of those
 *   fast ADDRESS PORT SECONDS              connects with data in the SYN; may fail
 *   accept
 *   fork                                   the parent ends, then the child goes on
 *   workers N                              N children go on, one by one; it keeps its sockets
 *   prefork N                              N children go on, at the same time
 *   hand                                   the parent closes the connection, then a child goes on
 *   pass                                   a child goes on after an exec
 *   send BYTES
 *   repair BYTES                           as sent already, with TCP_REPAIR: they are not
 *   drain                                  until all is acknowledged
 *   counted NAME N                         until the namespace's counter is N more than before the
 *                                          last "send", or 30 s
 *   sink                                   reads until the end
 *   serve                                  accepts, reads until the end and closes, again and again
 *   answer BYTES                           accepts, reads once, sends and closes, again and again
 *   greet BYTES                            the same without reading
 *   ask ADDRESS PORT N                     connects, sends a byte and reads until the end, N times
 *   hear ADDRESS PORT N                    the same without sending
 *   shut                                   sends the end, and reads until the peer's end
 *   end                                    sends the end
 *   close
 *   sleep SECONDS
 *   sh COMMAND
 *   touch FILE
 *   wait FILE
 *   pid FILE
 *   one_cpu                                for this process, from here on
 *   name NAME                              the same
 */
#include <string.h>
#include "tests/subjects/tcp/counter.h"
#include "tests/subjects/tcp/data.h"
#include "tests/subjects/tcp/process.h"
#include "tests/subjects/tcp/socket.h"
#include "tests/subjects/tcp/step.h"

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "reuseport", do_reuseport },
	{ "fastopen", do_fastopen },
	{ "congestion", do_congestion },
	{ "backlog", do_backlog },
	{ "defer", do_defer },
	{ "mptcp", do_mptcp },
	{ "bind", do_bind },
	{ "listen", do_listen },
	{ "accept", do_accept },
	{ "connect", do_connect },
	{ "try", do_try },
	{ "tries", do_tries },
	{ "speak", do_speak },
	{ "fast", do_fast },
	{ "close", do_close },
	{ "send", do_send },
	{ "repair", do_repair },
	{ "drain", do_drain },
	{ "counted", do_counted },
	{ "sink", do_sink },
	{ "serve", do_serve },
	{ "answer", do_answer },
	{ "greet", do_greet },
	{ "ask", do_ask },
	{ "hear", do_hear },
	{ "end", do_end },
	{ "shut", do_shut },
	{ "fork", do_fork },
	{ "workers", do_workers },
	{ "prefork", do_prefork },
	{ "hand", do_hand },
	{ "pass", do_pass },
	{ "passed", do_passed },
	{ "one_cpu", do_one_cpu },
	{ "name", do_name },
	{ "sleep", do_sleep },
	{ "sh", do_sh },
	{ "touch", do_touch },
	{ "wait", do_wait },
	{ "pid", do_pid },
	{},
};

int main(int argc, char **argv)
{
	int i;

	(void)argc;
	counters_begin();
	for (rest = argv + 1; *rest;) {
		step = *rest++;
		for (i = 0; steps[i].name && strcmp(steps[i].name, step); i++)
			;
		if (!steps[i].name)
			usage("no such step");
		steps[i].run();
	}
	return 0;
}
