// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Sums by a key: what a tool has of them, byte for byte as it is shown. */
#include "common/owner/top.c"
#include "common/owner/top_owner.c"

#include "tests/unit/tap.h"

struct sum {
	uint64_t count, bytes;
};

struct row {
	struct top_row top;
	struct sum sum;
	uint64_t port;
	double mean;
};

struct event {
	uint16_t port;
};

#define ROW(member) offsetof(struct row, member)

static const struct field fields[] = {
	{ "count", "COUNT", FIELD_U64, 7, .offset = ROW(sum.count) },
	{ "bytes", "BYTES", FIELD_U64, 7, .offset = ROW(sum.bytes) },
	{ "mean", "MEAN", FIELD_REAL, 6, 1, .offset = ROW(mean) },
	{ "port", "PORT", FIELD_U64, 6, .wide = true, .with = "top=port", .offset = ROW(port) },
	TOP_FIELD_PID,
	TOP_FIELD_COMM("top=process top=program"),
	TOP_FIELD_PPID,
	TOP_FIELD_PCOMM,
	TOP_FIELD_CONTAINER,
	TOP_FIELD_CONTAINER_ID,
	TOP_FIELD_CGROUP,
	TOP_FIELD_UNIT,
	TOP_FIELD_INTERVAL,
	{},
};

static void port_key(void *key, const struct top_owner *owner, const void *event)
{
	(void)owner;
	*(uint16_t *)key = ((const struct event *)event)->port;
}

static void port_row(const void *key, void *row)
{
	((struct row *)row)->port = *(const uint16_t *)key;
}

static const struct top_by by_port = { "port", sizeof(uint16_t), port_key, port_row };
static const struct top_by *const by[] = { &by_port,	      &top_by_process,
					   &top_by_program,   &top_by_parent,
					   &top_by_container, &top_by_cgroup,
					   &top_by_unit,      NULL };

static void row_fill(const void *sum, void *row)
{
	const struct sum *s = sum;
	struct row *r = row;

	r->port = FIELD_UNKNOWN;
	r->mean = s->count ? (double)s->bytes / s->count : NAN;
}

static void sum_json(const void *sum, struct json *j)
{
	json__bool(j, "any", ((const struct sum *)sum)->count);
}

static const struct top_kind kind = {
	.by = by,
	.fields = fields,
	.row_size = sizeof(struct row),
	.sum_size = sizeof(struct sum),
	.sum_at = ROW(sum),
	.max = 4,
	.sort = "count",
	.then = "bytes",
	.others = { { "count", "events" }, { "bytes", "bytes" } },
	.row = row_fill,
	.json = sum_json,
};

static struct run run;
static struct top top;
static const char *asked;

static bool given(const void *ctx, const char *with)
{
	char word[32];

	(void)ctx;
	snprintf(word, sizeof(word), "top=%s", asked);
	return strstr(with, word);
}

static int begin(const char *name, const char *sort, uint64_t rows, bool json)
{
	const struct top_options opt = { name, sort, rows };
	int err;

	asked = name;
	memset(&top, 0, sizeof(top));
	err = top__parse(&top, &kind, &opt);
	if (err)
		return err;
	out__init(&run.out, "test", 1);
	run.out.json = json;
	out__columns(&run.out, fields, NULL, given, NULL);
	return top__begin(&top, 1000);
}

static void add(const struct top_owner *owner, uint16_t port, uint64_t bytes)
{
	const struct event event = { port };
	struct sum *sum = top__add(&top, owner, &event);

	sum->count++;
	sum->bytes += bytes;
}

/* What was printed, without the times. */
static const char *shown(uint64_t now_ns)
{
	static char text[4096];
	char *at = text, *from;

	run.now_ns = now_ns;
	if (top__tick(&top, &run))
		return NULL;
	snprintf(text, sizeof(text), "%.*s", (int)run.out.buf.len, run.out.buf.data ?: "");
	run.out.buf.len = 0;
	run.out.nlines = 0;
	if (!run.out.json)
		return text + strcspn(text, ":") + strlen(":00:00\n");
	while ((at = strstr(at, "{\"schema\"")) && (from = strstr(at, "\"mono_ns\":")))
		memmove(at, from + strlen("\"mono_ns\":"),
			strlen(from + strlen("\"mono_ns\":")) + 1);
	return text;
}

static void end(void)
{
	top__free(&top);
	out__free(&run.out);
}

static void test_table(void)
{
	is_int(begin("port", NULL, 2, false), 0, "table: begins");
	for (int i = 0; i < 3; i++)
		add(NULL, 1, 10);
	add(NULL, 3, 5);
	add(NULL, 2, 7);
	is_str(shown(2000),
	       "  COUNT  BYTES  MEAN  PORT\n"
	       "      3     30  10.0     1\n"
	       "      1      7   7.0     2\n"
	       "1 others: 1 events, 5 bytes\n",
	       "table: largest first, by the second field where the first is the same");
	is_str(shown(3000), "  COUNT  BYTES  MEAN  PORT\n", "table: the next interval is empty");
	add(NULL, 3, 5);
	add(NULL, 2, 5);
	is_str(shown(4000),
	       "  COUNT  BYTES  MEAN  PORT\n"
	       "      1      5   5.0     2\n"
	       "      1      5   5.0     3\n",
	       "table: of the same size in the order of keys");
	end();
}

static void test_json(void)
{
	is_int(begin("port", NULL, 1, true), 0, "json: begins");
	add(NULL, 9, 4);
	add(NULL, 8, 4);
	add(NULL, 8, 4);
	is_str(shown(5000),
	       "5000,\"count\":2,\"bytes\":8,\"mean\":4.0,\"port\":8,\"interval_ns\":4000,\"any\":true}\n"
	       "5000,\"count\":1,\"bytes\":4,\"mean\":4.0,\"port\":9,\"interval_ns\":4000,\"any\":true}\n",
	       "json: all of them, whatever --rows says");
	add(NULL, 9, 1);
	is_str(shown(6000),
	       "6000,\"count\":1,\"bytes\":1,\"mean\":1.0,\"port\":9,\"interval_ns\":1000,\"any\":true}\n",
	       "json: an interval lasts since the one before");
	end();
}

static void test_bound(void)
{
	is_int(begin("port", NULL, 0, true), 0, "bound: begins");
	for (uint16_t port = 1; port <= 1000; port++)
		add(NULL, port, port == 3 ? 100 : 1);
	for (int i = 0; i < 2; i++)
		add(NULL, 2, 1);
	is_u64(top.sums.count, kind.max, "bound: no more sums than that");
	is_str(shown(2000),
	       "2000,\"other\":true,\"count\":996,\"bytes\":996,\"mean\":1.0,\"interval_ns\":1000,\"any\":true}\n"
	       "2000,\"count\":3,\"bytes\":3,\"mean\":1.0,\"port\":2,\"interval_ns\":1000,\"any\":true}\n"
	       "2000,\"count\":1,\"bytes\":100,\"mean\":100.0,\"port\":3,\"interval_ns\":1000,\"any\":true}\n"
	       "2000,\"count\":1,\"bytes\":1,\"mean\":1.0,\"port\":1,\"interval_ns\":1000,\"any\":true}\n"
	       "2000,\"count\":1,\"bytes\":1,\"mean\":1.0,\"port\":4,\"interval_ns\":1000,\"any\":true}\n",
	       "bound: the rest is a sum of its own, which has its place by size");
	add(NULL, 77, 1);
	is_str(shown(3000),
	       "3000,\"count\":1,\"bytes\":1,\"mean\":1.0,\"port\":77,\"interval_ns\":1000,\"any\":true}\n",
	       "bound: the next interval has room again, and no others");
	((struct sum *)top__other(&top))->count = 1;
	is_str(shown(4000),
	       "4000,\"other\":true,\"count\":1,\"bytes\":0,\"mean\":0.0,\"interval_ns\":1000,\"any\":true}\n",
	       "bound: an event without a key is one of the others");
	end();
	is_int(begin("port", NULL, 3, false), 0, "bound: begins");
	for (uint16_t port = 1; port <= 10; port++)
		add(NULL, port, 1);
	is_str(shown(2000),
	       "  COUNT  BYTES  MEAN  PORT\n"
	       "      1      1   1.0     1\n"
	       "      1      1   1.0     2\n"
	       "3 others: 8 events, 8 bytes\n",
	       "bound: in a table they are never a row");
	end();
}

static void test_sort(void)
{
	is_int(begin("port", "mean", 0, false), 0, "sort: by a real number");
	add(NULL, 1, 3);
	add(NULL, 1, 3);
	add(NULL, 2, 50);
	is_str(shown(2000),
	       "  COUNT  BYTES  MEAN  PORT\n"
	       "      1     50  50.0     2\n"
	       "      2      6   3.0     1\n",
	       "sort: the largest mean first");
	end();
	is_int(begin("port", "port", 0, false), 0, "sort: by a number of the key");
	add(NULL, 7, 1);
	add(NULL, 9, 1);
	is_str(shown(2000),
	       "  COUNT  BYTES  MEAN  PORT\n"
	       "      1      1   1.0     9\n"
	       "      1      1   1.0     7\n",
	       "sort: the largest port first");
	end();
}

static void test_usage(void)
{
	const struct top_options none = {}, sorted = { .sort = "count" };

	is_int(begin("nothing", NULL, 0, false), -EINVAL, "usage: no such key");
	is_int(begin("por", NULL, 0, false), -EINVAL, "usage: a part of one");
	is_int(begin("port", "nothing", 0, false), -EINVAL, "usage: no such field");
	is_int(begin("port", "comm", 0, false), -EINVAL, "usage: text has no largest");
	is_int(begin("port", "interval_ns", 0, false), -EINVAL, "usage: no column");
	is_int(top__parse(&top, &kind, &sorted), -EINVAL, "usage: --sort without --top");
	ok(!top__parse(&top, &kind, &none) && !top.by, "usage: no sums at all");
	is_int(top__begin(&top, 0), 0, "usage: nothing is begun then");
	top__free(&top);
}

static const struct {
	const char *by, *row;
} owners[] = {
	{ "process", "      1      1   1.0       7 sh \\n\n" },
	{ "program", "      1      1   1.0 sh \\n\n" },
	{ "parent", "      1      1   1.0       1 init\n" },
	{ "container", "      1      1   1.0 web\n" },
	{ "cgroup", "      1      1   1.0 /system.slice/ssh.service/a\n" },
	{ "unit", "      1      1   1.0 ssh.service\n" },
};

static void test_owners(void)
{
	const struct top_owner owner = { .pid = 7,
					 .ppid = 1,
					 .comm = "sh \n",
					 .pcomm = "init",
					 .cgroup = "/system.slice/ssh.service/a",
					 .container = "web",
					 .cgroup_id = 3 };

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		const char *text;

		begin(owners[i].by, NULL, 0, false);
		add(&owner, 0, 1);
		text = shown(2000);
		text += strcspn(text, "\n") + 1;
		is_str(text, owners[i].row, "%s: its columns", owners[i].by);
		add(NULL, 0, 1);
		text = shown(3000);
		text += strcspn(text, "\n") + 1;
		ok(text[strlen(text) - 2] == '-', "%s: nobody knows", owners[i].by);
		end();
	}
}

/* Two with the same end, and names as long as can be. */
static void test_long(void)
{
	char path[5000], name[500], expected[600];
	struct top_owner owner = { .cgroup = path, .container = name };

	memset(path, 'p', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	begin("cgroup", NULL, 0, false);
	for (owner.cgroup_id = 1; owner.cgroup_id <= 2; owner.cgroup_id++)
		add(&owner, 0, 1);
	is_u64(top.sums.count, 2, "cgroups: by number too");
	snprintf(expected, sizeof(expected), " ...%s\n", path + sizeof(path) - 1 - 500);
	ok(strstr(shown(2000), expected), "cgroups: of a long path the end");
	path[400] = '\0';
	for (owner.cgroup_id = 3; owner.cgroup_id <= 4; owner.cgroup_id++)
		add(&owner, 0, 1);
	is_u64(top.sums.count, 1, "... whose path tells it is the same when it is made anew");
	shown(3000);
	end();
	begin("container", NULL, 0, false);
	add(&owner, 0, 1);
	ok(strlen(shown(2000)) < 500, "container: a name that is too long is cut");
	end();
}

#define POD "kube-system/coredns-autoscaler-with-a-name-as-long-as-deployments-give-them-7d8f9c/"

static void add_container(struct container *c, const char *runtime, const char *id,
			  const char *name)
{
	struct top_owner owner = { .container = *name ? name : "0123456789ab",
				   .container_full = c };

	memset(c, 0, sizeof(*c));
	strcpy(c->runtime, runtime);
	strcpy(c->id, id);
	strcpy(c->name, name);
	add(&owner, 0, 1);
}

/* What is a container of its own has a row of its own, whatever its name is. */
static void test_containers(void)
{
	struct container c;
	const char *text;

	begin("container", NULL, 0, false);
	add_container(&c, "containerd", "0123456789ab1", POD "proxy");
	add_container(&c, "containerd", "0123456789ab2", POD "sidecar");
	add_container(&c, "containerd", "0123456789ab1", POD "proxy");
	text = shown(2000);
	ok(strstr(text, "      2      2   1.0 " POD "proxy\n") &&
		   strstr(text, "      1      1   1.0 " POD "sidecar\n"),
	   "two containers of a pod, with their whole names: %s", text);
	add_container(&c, "docker", "0123456789ab1", "");
	add_container(&c, "docker", "0123456789ab2", "");
	is_u64(top.sums.count, 2, "two whose IDs begin alike");
	add_container(&c, "docker", "0123456789ab2", "web");
	is_u64(top.sums.count, 2, "one whose name was found only later is one");
	text = shown(3000);
	ok(strstr(text, "      2      2   1.0 web\n"), "... and has its name: %s", text);
	add_container(&c, "oci", "0123456789ab1", "");
	add_container(&c, "docker", "0123456789ab1", "web");
	is_u64(top.sums.count, 1, "one whose runtime was found only later is one");
	add_container(&c, "lxc", "web", "web");
	add_container(&c, "nspawn", "web", "web");
	is_u64(top.sums.count, 3, "machines of two runtimes may have one name");
	shown(4000);
	end();
	begin("container", NULL, 0, true);
	add_container(&c, "podman", "0123456789ab1", "web");
	ok(strstr(shown(2000), "\"container_name\":\"web\",\"container_id\":\"0123456789ab1\""),
	   "JSON has the whole ID");
	end();
}

int main(void)
{
	test_table();
	test_json();
	test_bound();
	test_sort();
	test_usage();
	test_owners();
	test_long();
	test_containers();
	return done_testing();
}
