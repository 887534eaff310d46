/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Its sockets, and the steps that make and close them. */
#ifndef SUBJECT_TCP_SOCKET_H
#define SUBJECT_TCP_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t size;
};

extern int listener, sock;

/* Of the next two arguments. */
struct address address(void);
void set(int fd, int level, int name, const void *value, socklen_t size);
int new_socket(const struct address *a);

void do_reuseport(void);
void do_fastopen(void);
void do_congestion(void);
void do_backlog(void);
void do_defer(void);
void do_mptcp(void);
void do_bind(void);
void do_listen(void);
void do_accept(void);
void do_connect(void);
void do_try(void);
void do_tries(void);
void do_speak(void);
void do_fast(void);
void do_close(void);

#endif
