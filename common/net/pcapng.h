/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Packets for Wireshark: a pcapng file (draft-ietf-opsawg-pcapng) of IP packets without a link
 * layer, each with a comment.
 */
#ifndef SNOOPKIT_PCAPNG_H
#define SNOOPKIT_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcapng;

/* A packet's bytes are in two parts. */
struct pcapng_packet {
	uint64_t mono_ns; /* CLOCK_MONOTONIC */
	const void *headers, *payload;
	size_t headers_len, payload_len;
	size_t cut; /* of the payload, that is not there */
	bool out;   /* sent, not received */
	const char *comment;
};

/*
 * Makes or empties the file, as outfile.h says of OUTFILE_PRIVATE; a pipe will do as well.
 * `stop_fd` as of struct sink. NULL after a line on stderr.
 */
struct pcapng *pcapng__open(const char *path, const char *tool, const char *description);
/*
 * They are in the file after 250 ms, if another one comes, or after pcapng__flush(). The first
 * error is said on stderr, and then no more is written.
 */
void pcapng__packet(struct pcapng *p, const struct pcapng_packet *packet);
void pcapng__flush(struct pcapng *p);
/* The last block: `lost` packets are missing. Then the file is closed. 0 or the first error,
 * -errno. */
int pcapng__end(struct pcapng *p, uint64_t lost);
void pcapng__free(struct pcapng *p);

#endif
