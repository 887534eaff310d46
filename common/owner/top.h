/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Sums by a key, an interval at a time: what --top BY shows, as a table with the largest first and
 * as "interval" objects. A tool has
 *   - a struct top_kind: what its sums can be by, their size, the fields of a row;
 *   - top__parse() in parsed(), top__begin() in begin(), top__tick() in tick() and finish();
 *   - for each event top__add(), which gives the sum that the event belongs to.
 * There are no more than kind->max sums. An event whose key finds no room belongs to one more,
 * which is a row of its own: "other" in JSON, among the "N others" of a table.
 */
#ifndef SNOOPKIT_TOP_H
#define SNOOPKIT_TOP_H

#include "common/base/table.h"
#include "common/out/field.h"
#include "common/tool/tool.h"

#define TOP_KEY_MAX 544
#define TOP_ROWS 20 /* unless --rows says something else */
#define TOP_NOUNS_MAX 4

struct container;

/* The owner of an event, for the keys of top_owner.h. Strings are borrowed; NULL: not known, or
 * none.
 */
struct top_owner {
	uint32_t pid, ppid; /* 0: not known */
	const char *comm, *pcomm, *cgroup, *container;
	const struct container *container_full; /* whose name `container` is */
	uint64_t cgroup_id;
};

/* The beginning of each row. Strings belong to the key. */
struct top_row {
	uint64_t interval_ns;
	uint64_t pid, ppid; /* FIELD_UNKNOWN */
	const char *comm, *pcomm, *cgroup, *container, *container_id, *unit;
};

/* Something that sums can be by. */
struct top_by {
	const char *name;
	size_t size; /* of its keys, at most TOP_KEY_MAX */
	/* The key is 0 before; bytes between its members stay 0, since keys are compared as bytes.
	 */
	void (*key)(void *key, const struct top_owner *owner, const void *event);
	/* What a row says of it, in a row that has its numbers. */
	void (*row)(const void *key, void *row);
	/*
	 * So much of the key tells it apart, and the rest is for showing, as the last event had it;
	 * 0: all of it does.
	 */
	size_t same;
};

/* A field that the line of the others tells, and what its number is of. */
struct top_noun {
	const char *field, *noun;
};

struct top_kind {
	const struct top_by *const *by; /* ends with NULL */
	const struct field *fields;	/* of a row, a struct that begins with struct top_row */
	size_t row_size;
	size_t sum_size;  /* of a sum, which is 0 at first; a multiple of 8 */
	size_t max;	  /* so many sums */
	const char *sort; /* the field of the largest first; where that is the same, `then` */
	const char *then; /* may be NULL */
	struct top_noun others[TOP_NOUNS_MAX]; /* "3 others: 5 segments, 720 bytes" */
	size_t sum_at;			       /* where a row has a copy of the sum; 0: nowhere */
	/* Those that follow may be NULL. */
	void (*join)(void *to, const void *from);      /* NULL: sums are made of uint64_t */
	void (*row)(const void *sum, void *row);       /* other numbers than the copy */
	void (*json)(const void *sum, struct json *j); /* members that are no fields */
	/* Text above a row, which has a header of its own then. */
	void (*plot)(const void *sum, struct out *o);
};

/* The values of the options; NULL or 0: not given. */
struct top_options {
	const char *by;	  /* NULL: no sums are wanted */
	const char *sort; /* a field of the rows */
	uint64_t rows;
};

/* Rows of an option table, for `o`, a struct top_options; `help` names what sums can be by. */
#define TOP_OPTION_BY(o, help)                          \
	{                                               \
		CLI_TEXT, 0, "top", "BY", help, &(o).by \
	}
#define TOP_OPTION_ROWS(o)                                                                         \
	{                                                                                          \
		CLI_NUMBER, 0, "rows", "N", "at most N rows an interval (20)", &(o).rows, 1, 65536 \
	}

/* What is no field of a row. */
#define TOP_MEMBER_OTHER                                            \
	{                                                           \
		"other", "boolean", "instead of a key",             \
			"true: the keys that there was no room for" \
	}

/* The last of a table of fields. */
#define TOP_FIELD_INTERVAL                                                                      \
	{                                                                                       \
		"interval_ns", NULL, FIELD_U64, .always = true,                                 \
						.help = "how long the interval was",            \
						.offset = offsetof(struct top_row, interval_ns) \
	}

/* All of it is 0 before top__parse(). */
struct top {
	const struct top_kind *kind;
	const struct top_by *by; /* NULL: no sums are wanted */
	const struct field *sort[2];
	bool by_key; /* they may be of the key */
	uint64_t rows, since_ns;
	struct table sums;
	size_t key_room; /* a sum is so far behind its key */
	void *row, *rest, *other;
	bool has_other, shown; /* something has been */
};

/* -EINVAL after a line on stderr: there is no such key, or no such field. */
int top__parse(struct top *t, const struct top_kind *kind, const struct top_options *opt);
/* The same for a key that the user has no name for. */
int top__set(struct top *t, const struct top_kind *kind, const struct top_by *by,
	     const struct top_options *opt);
/* The first interval begins. 0 or -ENOMEM. */
int top__begin(struct top *t, uint64_t now_ns);

/*
 * The sum of an event, valid until the next one is asked for; NULL: no memory. `owner` may be NULL
 * where no key looks at it.
 */
void *top__add(struct top *t, const struct top_owner *owner, const void *event);
/* The same in two steps, for callers that remember the key (TOP_KEY_MAX or by->size bytes). */
void top__key(const struct top *t, const struct top_owner *owner, const void *event, void *key);
void *top__sum(struct top *t, const void *key);
/* The sum of all other events: for an event whose key is not known. */
void *top__other(struct top *t);

/* Shows the sums of the interval that ends with run->now_ns, and forgets them. 0 or -ENOMEM. */
int top__tick(struct top *t, struct run *run);
void top__free(struct top *t);

#endif
