// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/out/outfile.h"
#include "common/base/sink.h"
#include "common/base/text.h"
#include "common/base/version.h"

#define LINKTYPE_RAW 101
#define FLUSH_BYTES (64 * 1024)
#define FLUSH_NS (NSEC_PER_SEC / 4)

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6 };
enum { OPT_END = 0, OPT_COMMENT = 1 };
enum { SHB_OS = 3, SHB_USERAPPL = 4 };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9 };
enum { EPB_FLAGS = 2 };
enum { ISB_IFRECV = 4, ISB_IFDROP = 5 };

struct pcapng {
	struct sink sink;
	struct buf buf;
	const char *path; /* borrowed */
	uint64_t packets, flushed_ns;
	int err;
};

/* -- Blocks -------------------------------------------------------------------------------- */

static void put16(struct buf *b, uint16_t value)
{
	buf__add(b, &value, sizeof(value));
}

static void put32(struct buf *b, uint32_t value)
{
	buf__add(b, &value, sizeof(value));
}

static void pad(struct buf *b, size_t len)
{
	buf__fill(b, '\0', -len & 3);
}

static void option(struct buf *b, uint16_t code, const void *value, size_t len)
{
	put16(b, code);
	put16(b, len);
	buf__add(b, value, len);
	pad(b, len);
}

static void option_text(struct buf *b, uint16_t code, const char *text)
{
	size_t len = strlen(text);

	option(b, code, text, len < UINT16_MAX ? len : UINT16_MAX);
}

/* Where it begins, for block_end(). */
static size_t block_begin(struct buf *b, uint32_t type)
{
	put32(b, type);
	put32(b, 0);
	return b->len - 8;
}

/* A block has its length at both ends. */
static void block_end(struct buf *b, size_t begin)
{
	uint32_t len = b->len + 4 - begin;

	put32(b, len);
	if (!b->err)
		memcpy(b->data + begin + 4, &len, sizeof(len));
}

static void block_options_end(struct buf *b, size_t begin)
{
	option(b, OPT_END, NULL, 0);
	block_end(b, begin);
}

static void put_section(struct buf *b, const char *tool)
{
	size_t begin = block_begin(b, BLOCK_SECTION);
	struct utsname u;
	char text[256];

	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 0);
	/* Of the section: not given. */
	put32(b, UINT32_MAX);
	put32(b, UINT32_MAX);
	if (!uname(&u)) {
		snprintf(text, sizeof(text), "%s %s", u.sysname, u.release);
		option_text(b, SHB_OS, text);
	}
	snprintf(text, sizeof(text), "%s (snoopkit %s)", tool, SNOOPKIT_VERSION);
	option_text(b, SHB_USERAPPL, text);
	block_options_end(b, begin);
}

static void put_interface(struct buf *b, const char *description)
{
	const uint8_t nanoseconds = 9;
	size_t begin = block_begin(b, BLOCK_INTERFACE);

	put16(b, LINKTYPE_RAW);
	put16(b, 0);
	put32(b, 0);
	option_text(b, IF_NAME, "sockets");
	option_text(b, IF_DESCRIPTION, description);
	option(b, IF_TSRESOL, &nanoseconds, sizeof(nanoseconds));
	block_options_end(b, begin);
}

static void put_time(struct buf *b, uint64_t mono_ns)
{
	uint64_t ns = clock__real_ns(mono_ns);

	put32(b, ns >> 32);
	put32(b, ns);
}

static void put_packet(struct buf *b, const struct pcapng_packet *p)
{
	const uint32_t inbound = 1, outbound = 2;
	size_t len = p->headers_len + p->payload_len;
	size_t begin = block_begin(b, BLOCK_PACKET);

	put32(b, 0);
	put_time(b, p->mono_ns);
	put32(b, len);
	put32(b, len + p->cut);
	buf__add(b, p->headers, p->headers_len);
	buf__add(b, p->payload, p->payload_len);
	pad(b, len);
	option_text(b, OPT_COMMENT, p->comment);
	option(b, EPB_FLAGS, p->out ? &outbound : &inbound, sizeof(uint32_t));
	block_options_end(b, begin);
}

static void put_statistics(struct buf *b, uint64_t packets, uint64_t lost)
{
	uint64_t received = packets + lost;
	size_t begin = block_begin(b, BLOCK_STATISTICS);

	put32(b, 0);
	put_time(b, clock__mono_ns());
	option(b, ISB_IFRECV, &received, sizeof(received));
	option(b, ISB_IFDROP, &lost, sizeof(lost));
	block_options_end(b, begin);
}

/* -- The file ------------------------------------------------------------------------------ */

struct pcapng *pcapng__open(const char *path, const char *tool, const char *description)
{
	struct pcapng *p = calloc(1, sizeof(*p));

	if (!p) {
		msg__error(text__quote(path), "%s", strerror(ENOMEM));
		return NULL;
	}
	p->path = path;
	sink__init(&p->sink, outfile__open(path, OUTFILE_PRIVATE), -1);
	if (p->sink.fd < 0) {
		free(p);
		return NULL;
	}
	put_section(&p->buf, tool);
	put_interface(&p->buf, description);
	pcapng__flush(p);
	return p;
}

void pcapng__packet(struct pcapng *p, const struct pcapng_packet *packet)
{
	if (p->err)
		return;
	put_packet(&p->buf, packet);
	p->packets++;
	if (p->buf.len < FLUSH_BYTES && packet->mono_ns < p->flushed_ns + FLUSH_NS)
		return;
	p->flushed_ns = packet->mono_ns;
	pcapng__flush(p);
}

void pcapng__flush(struct pcapng *p)
{
	if (p->err || !p->buf.len)
		return;
	p->err = p->buf.err ?: sink__write(&p->sink, p->buf.data, p->buf.len);
	p->buf.len = 0;
	if (p->err)
		msg__error(text__quote(p->path), "%s; no more packets are written to it",
			   p->err == -ETIMEDOUT ? "nobody reads it" : strerror(-p->err));
}

int pcapng__end(struct pcapng *p, uint64_t lost)
{
	put_statistics(&p->buf, p->packets, lost);
	pcapng__flush(p);
	if (close(p->sink.fd) && !p->err) {
		p->err = -errno;
		msg__error(text__quote(p->path), "%s", strerror(errno));
	}
	p->sink.fd = -1;
	return p->err;
}

void pcapng__free(struct pcapng *p)
{
	if (!p)
		return;
	if (p->sink.fd >= 0) {
		pcapng__flush(p);
		close(p->sink.fd);
	}
	buf__free(&p->buf);
	free(p);
}
