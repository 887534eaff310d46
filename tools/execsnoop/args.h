/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The arguments of an exec: put together from their pieces, as words for a shell, as JSON. */
#ifndef EXECSNOOP_ARGS_H
#define EXECSNOOP_ARGS_H

#include "common/base/buf.h"
#include "common/out/json.h"
#include "tools/execsnoop/execsnoop.h"

/*
 * What came ahead of the exec that it belongs to. Clocks of 40 ns a tick are common on arm64: of
 * one time there may be the pieces of several processes, one after the other or mixed.
 */
struct args_ahead {
	uint64_t time_ns;
	struct buf pieces; /* args_records of that time, each padded to 8 bytes */
	struct buf bytes;  /* the pieces, followed by the exec's own bytes */
};

/* Bytes with a NUL behind each argument, the last one perhaps cut. */
struct args {
	const char *bytes;
	size_t len;
	uint64_t missing_bytes; /* ARGS_UNKNOWN */
	uint32_t flags;		/* enum exec_flags */
};

#define ARGS_UNKNOWN UINT64_MAX
/* What the kernel puts before a script's own arguments: twice for each that runs another one. */
#define ARGS_SCRIPT_MAX 12

/* -EINVAL, -ENOMEM. What is left over from an exec that was lost is forgotten. */
int args__ahead(struct args_ahead *ahead, const struct args_record *r);
void args__ahead_free(struct args_ahead *ahead);
/* All of them, valid until the next call with `ahead`. `last` is what came with the exec itself. */
int args__collect(struct args_ahead *ahead, const struct exec_record *r, const char *last,
		  struct args *args);
/* Drops all arguments after the first `max`. */
void args__limit(struct args *args, uint64_t max);

/* The file to be told of. */
struct args_file {
	const char *path; /* NULL: none */
	uint32_t state;	  /* enum path_state */
};

/*
 * Does the first argument tell which file was executed? It is its path, as given to the kernel, or
 * its name without a path, and the file is where programs are looked for by that.
 */
bool args__tell(const struct args *args, const char *filename);
/* Is it one of the first ARGS_SCRIPT_MAX? */
bool args__has(const struct args *args, const char *filename);
/* The arguments, followed by remarks, and by the file unless it is argv[0]. */
void args__words(const struct args *args, const struct args_file *file, bool quoted,
		 struct buf *out);
/* A path as a word, followed by remarks. */
void args__path(const struct args_file *file, struct buf *out);
/* With EXEC_DIED: the signal that ends the process. */
const char *args__signal(uint32_t flags);
/* argv, argv_hex, argv_missing_bytes, argv_state */
void args__json(const struct args *args, struct json *j);
/* For a search: the arguments with blanks between them; the first is `first` unless NULL. */
void args__line(const struct args *args, const char *first, struct buf *out);

#endif
