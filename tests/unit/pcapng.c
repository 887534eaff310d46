// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/pcapng.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/net/ip_packet.h"
#include "common/base/msg.h"
#include "tests/unit/tap.h"

static uint8_t file[1 << 16];
static size_t file_len;
static char path[64];

static uint16_t get16(size_t at)
{
	uint16_t v;

	memcpy(&v, file + at, sizeof(v));
	return v;
}

static uint32_t get32(size_t at)
{
	uint32_t v;

	memcpy(&v, file + at, sizeof(v));
	return v;
}

static void read_file(void)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, file, sizeof(file));

	file_len = n < 0 ? 0 : n;
	close(fd);
}

/* Where block `i` begins; its type is checked. 0: it is not right. */
static size_t block(unsigned int i, uint32_t type)
{
	size_t at = 0;

	for (;; at += get32(at + 4)) {
		uint32_t len = at + 12 <= file_len ? get32(at + 4) : 0;

		if (len < 12 || len & 3 || at + len > file_len || get32(at + len - 4) != len)
			return SIZE_MAX;
		if (!i--)
			return get32(at) == type ? at : SIZE_MAX;
	}
}

/* Where the value of an option of a block is, SIZE_MAX: there is none. */
static size_t option_at(size_t at, size_t options, uint16_t code, uint16_t *len)
{
	size_t end = at + get32(at + 4) - 4;

	for (at += options; at + 4 <= end; at += 4 + ((*len + 3) & ~3)) {
		*len = get16(at + 2);
		if (get16(at) == code)
			return at + 4;
	}
	return SIZE_MAX;
}

static void option_is(size_t at, size_t options, uint16_t code, const char *want, const char *what)
{
	char text[512] = "";
	uint16_t len = 0;
	size_t value = option_at(at, options, code, &len);

	if (value != SIZE_MAX)
		snprintf(text, sizeof(text), "%.*s", len, file + value);
	is_str(text, want, "%s", what);
}

static void test_file(void)
{
	struct pcapng_packet packet = { .mono_ns = clock__mono_ns(),
					.headers = "HEAD",
					.headers_len = 4,
					.payload = "abc",
					.payload_len = 3,
					.cut = 10,
					.out = true,
					.comment = "whose it is" };
	struct pcapng *p = pcapng__open(path, "tool", "what it is");
	uint64_t now_ns, value;
	struct stat st;
	uint16_t len;
	size_t at;

	ok(p && !stat(path, &st) && (st.st_mode & 0777) == 0600, "only its owner reads it");
	read_file();
	at = block(0, 0x0a0d0d0a);
	ok(at == 0 && get32(8) == 0x1a2b3c4d && get16(12) == 1, "a section");
	at = block(1, 1);
	ok(at != SIZE_MAX && get16(at + 8) == 101, "an interface of IP packets");
	option_is(at, 16, 3, "what it is", "its description");
	option_is(at, 16, 9, "\t", "in nanoseconds");
	pcapng__packet(p, &packet);
	packet.comment = "";
	packet.out = false;
	packet.cut = 0;
	packet.mono_ns += NSEC_PER_SEC / 4;
	pcapng__packet(p, &packet);
	read_file();
	at = block(2, 6);
	ok(at != SIZE_MAX, "a packet is there after 250 ms");
	now_ns = ((uint64_t)get32(at + 12) << 32) + get32(at + 16);
	is_near(now_ns, clock__real_ns(packet.mono_ns - NSEC_PER_SEC / 4), 0.0001, "its time");
	is_u64(get32(at + 20), 7, "its length");
	is_u64(get32(at + 24), 17, "the length that it had");
	ok(!memcmp(file + at + 28, "HEADabc\0", 8), "its bytes, padded");
	option_is(at, 36, 1, "whose it is", "its comment");
	ok(option_at(at, 36, 2, &len) != SIZE_MAX && file[option_at(at, 36, 2, &len)] == 2, "sent");
	at = block(3, 6);
	ok(option_at(at, 36, 2, &len) != SIZE_MAX && file[option_at(at, 36, 2, &len)] == 1,
	   "received");
	is_int(pcapng__end(p, 5), 0, "its end");
	read_file();
	at = block(4, 5);
	memcpy(&value, file + option_at(at, 20, 4, &len), sizeof(value));
	is_u64(value, 7, "as many were received");
	memcpy(&value, file + option_at(at, 20, 5, &len), sizeof(value));
	is_u64(value, 5, "as many were lost");
	pcapng__free(p);
	pcapng__free(NULL);
}

static void test_errors(void)
{
	struct pcapng_packet packet = { .headers = "", .payload = "", .comment = "" };
	struct pcapng *p;

	ok(!pcapng__open("/no/such/file", "tool", ""), "no file");
	p = pcapng__open("/dev/full", "tool", "");
	if (!p) {
		skip("/dev/full: is not there");
		return;
	}
	pcapng__packet(p, &packet);
	is_int(pcapng__end(p, 0), -ENOSPC, "a full disk is told at the end");
	pcapng__free(p);
	unlink(path);
	ok(!mkfifo(path, 0600) && !pcapng__open(path, "tool", ""), "a pipe without a reader");
}

/* -- Headers ------------------------------------------------------------------------------- */

static uint16_t sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A sum over all with its checksum is 0xffff. */
static void headers_are(struct ip_packet *p, size_t l3, const char *what)
{
	uint8_t all[IP_HEADERS_MAX + 64];
	size_t l4 = p->tcp ? 20 : 8, len = ip_packet__headers(p, all);
	uint32_t pseudo = l4 + p->whole + (p->tcp ? 6 : 17);

	is_u64(len, l3 + l4, "%s: length", what);
	memcpy(all + len, p->payload, p->len);
	is_int(all[0] >> 4, l3 == 20 ? 4 : 6, "%s: version", what);
	if (l3 == 20) {
		is_int(sum16(all, 20, 0), 0xffff, "%s: sum of the IP header", what);
		is_int(all[2] << 8 | all[3], len + p->whole, "%s: length in it", what);
		is_int(sum16(all + 12, 8 + l4 + p->len, pseudo), 0xffff, "%s: sum", what);
	} else {
		is_int(all[4] << 8 | all[5], l4 + p->whole, "%s: length in it", what);
		is_int(sum16(all + 8, 32 + l4 + p->len, pseudo), 0xffff, "%s: sum", what);
	}
	is_int(all[l3] << 8 | all[l3 + 1], p->sport, "%s: from", what);
	is_int(all[l3 + 2] << 8 | all[l3 + 3], p->dport, "%s: to", what);
}

static void test_headers(void)
{
	struct ip_packet p = { .sport = 1234, .dport = 53, .payload = "odd", .len = 3, .whole = 3 };
	uint8_t headers[IP_HEADERS_MAX];

	inet_pton(AF_INET6, "::ffff:10.99.0.1", &p.saddr);
	inet_pton(AF_INET6, "::ffff:10.99.0.2", &p.daddr);
	headers_are(&p, 20, "IPv4, UDP");
	p.tcp = true;
	p.seq = 0x01020304;
	headers_are(&p, 20, "IPv4, TCP");
	inet_pton(AF_INET6, "fd99::1", &p.saddr);
	inet_pton(AF_INET6, "fd99::2", &p.daddr);
	headers_are(&p, 40, "IPv6, TCP");
	p.tcp = false;
	headers_are(&p, 40, "IPv6, UDP");
	p.whole = 100000;
	ip_packet__headers(&p, headers);
	ok(headers[4] == 0xff && headers[5] == 0xff, "longer than a packet can be");
	ok(!headers[46] && !headers[47], "no sum of what is not there");
}

int main(void)
{
	char dir[] = "/tmp/snoopkit-pcapng-XXXXXX";

	if (!mkdtemp(dir))
		return 1;
	msg__init("pcapng", false);
	snprintf(path, sizeof(path), "%s/file", dir);
	test_file();
	test_errors();
	test_headers();
	unlink(path);
	rmdir(dir);
	return done_testing();
}
