// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* International names as resolvers ask for them. */
#include "tools/dnssnoop/dns/dns_idna.c"
#include "tools/dnssnoop/dns/dns_puny.c"

#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static char encoded[1024];
static const char *why;

static const char *encode(const char *name)
{
	return dns_idna__encode(name, encoded, sizeof(encoded), &why) < 0 ? NULL : encoded;
}

/* RFC 3492, 7.1, and names that are registered. */
static void test_samples(void)
{
	static const struct {
		const char *name, *wanted;
	} samples[] = {
		{ "münchen.de", "xn--mnchen-3ya.de" },
		{ "MÜNCHEN.DE", "xn--mnchen-3ya.DE" },
		{ "www.bücher.example.", "www.xn--bcher-kva.example." },
		{ "straße.de", "xn--strae-oqa.de" },
		{ "παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp" },
		{ "ΠΑΡΆΔΕΙΓΜΑ.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp" },
		{ "ПРИМЕР.испытание", "xn--e1afmkfd.xn--80akhbyknj4f" },
		{ "例子。测试", "xn--fsqu00a.xn--0zwm56d" },
		{ "उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g" },
		{ "مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv" },
		{ "他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye" },
		{ "ＥＸＡＭＰＬＥ．com", "example.com" },
		{ "ex\u00adample.com", "example.com" },
		{ "☃.net", "xn--n3h.net" },
		{ "😀.ws", "xn--e28h.ws" },
		{ "i❤.ws", "xn--i-7iq.ws" },
		{ "İ.tr", "xn--i-9bb.tr" },
		{ "ƏLİ.az", "xn--li-tfb21e.az" },
		{ "plain.example", "plain.example" },
		{ "XN--MNCHEN-3YA.de", "XN--MNCHEN-3YA.de" },
		{ "a\\.b.ü", "a\\.b.xn--tda" },
		/* What has escapes is meant as it stands there. */
		{ "\\195\\188.test", "\\195\\188.test" },
		{ "ü\\046.test", "ü\\046.test" },
		{ ".", "." },
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		is_str(encode(samples[i].name), samples[i].wanted, "%s", samples[i].name);
	is_int(dns_idna__encode("a.b", encoded, sizeof(encoded), &why), 0, "nothing to encode");
	is_int(dns_idna__encode("a.ü", encoded, sizeof(encoded), &why), 1, "something to encode");
}

static void test_refused(void)
{
	char longest[300] = "", most[63];
	uint32_t same[63];

	is_str(encode("mu\u0308nchen.de"), NULL, "a letter and a mark");
	ok(strstr(why, "combining mark"), "... is explained");
	is_str(encode("m\xfcnchen.de"), NULL, "not UTF-8");
	is_str(encode("a\u3000ü.de"), NULL, "a blank");
	is_str(encode("ü\u202e.de"), NULL, "what would turn a line");
	for (int i = 0; i < 70; i++)
		strcat(longest, "ü");
	is_str(encode(longest), NULL, "a label of too many letters");
	ok(dns_idna__encode("ü.a", encoded, 8, &why) == -EINVAL, "no room");
	for (int i = 0; i < 63; i++)
		same[i] = 0x10ffff - i;
	ok(dns_puny__encode(same, 63, most, sizeof(most)) == -EINVAL, "digits that find no room");
}

/* Whatever it is, what comes out is ASCII where all has been encoded, and has room. */
static void test_random(void)
{
	static const char *const pieces[] = { "ü",  ".",      "\\", "a", "-", "\xff",
					      "漢", "\u200b", "1",  "İ", "😀" };
	char name[200];
	size_t wrong = 0, n = 0;

	for (int i = 0; i < 100000; i++) {
		char small_room[64];
		int changed;

		name[0] = '\0';
		for (size_t k = random_u64() % 40; k; k--)
			strcat(name, pieces[random_u64() % (sizeof(pieces) / sizeof(pieces[0]))]);
		changed = dns_idna__encode(name, small_room, sizeof(small_room), &why);
		wrong += changed < 0 ? !why : strlen(small_room) >= sizeof(small_room);
		n += changed > 0;
		for (const char *p = small_room; changed > 0 && !strchr(name, '\\') && *p; p++)
			wrong += (unsigned char)*p >= 0x80;
	}
	is_u64(wrong, 0, "names of all kinds: in order, or with a reason");
	ok(n > 1000, "... %zu of which are encoded", n);
}

int main(void)
{
	test_samples();
	test_refused();
	test_random();
	return done_testing();
}
