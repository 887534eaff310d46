// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/filter.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_idna.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "common/base/msg.h"
#include "common/base/num.h"
#include "common/base/option.h"
#include "common/base/text.h"
#include "tools/dnssnoop/result.h"

/* The next item of a comma-separated list, which it cuts. */
static char *next_item(char **list)
{
	char *item = *list, *comma = item ? strchr(item, ',') : NULL;

	if (comma)
		*comma = '\0';
	*list = comma ? comma + 1 : NULL;
	return item;
}

/* Of a name that is not ASCII, which is asked for in one form or the other. */
static int filter_forms(struct dns_filter *f, const char *given, const char **why)
{
	char encoded[DNS_NAME_TEXT];
	int changed = dns_idna__encode(given, encoded, sizeof(encoded), why);

	if (changed < 0)
		return changed;
	if (changed && !dns_name__parse(encoded, &f->names[f->nnames]))
		f->nnames++;
	if (!dns_name__parse(given, &f->names[f->nnames]))
		f->nnames++;
	return f->nnames ? 0 : -EINVAL;
}

/* A label that is *, or has one, without a \. */
static bool has_star(const char *name)
{
	for (; *name; name++) {
		if (*name == '*')
			return true;
		if (*name == '\\' && name[1])
			name++;
	}
	return false;
}

static int filter_name(struct dns_filter *f, const char *given)
{
	const char *name = given ?: ".", *why = NULL;

	if (!given)
		return 0;
	f->below = !strcmp(given, "*") || !strncmp(given, "*.", 2);
	if (f->below)
		name = given[1] && given[2] ? given + 2 : ".";
	if (has_star(name))
		why = "has a * that is not its first label (use *.NAME, or \\* for the character)";
	else if (!filter_forms(f, name, &why))
		return 0;
	msg__error(option__typed("qname"), "'%s' %s", text__quote(given),
		   why ?: "is not a domain name");
	return -EINVAL;
}

static int filter_types(struct dns_filter *f, const char *given)
{
	char *copy = given ? strdup(given) : NULL, *list = copy, *item;
	int err = given && !copy ? -ENOMEM : 0;

	while (!err && list && (item = next_item(&list))) {
		if (f->ntypes < FILTER_LIST_MAX && !dns_type__number(item, &f->types[f->ntypes])) {
			f->ntypes++;
			continue;
		}
		msg__error(option__typed("type"),
			   "'%s' is not a type (use types like A, HTTPS or TYPE65280; at most %d)",
			   text__quote(item), FILTER_LIST_MAX);
		err = -EINVAL;
	}
	free(copy);
	return err;
}

static bool is_result(const char *item)
{
	unsigned int rcode;

	return result__is_word(item) || !dns_rcode__number(item, &rcode);
}

static int filter_results(struct dns_filter *f, const char *given)
{
	char *list, *item;

	if (!given)
		return 0;
	list = f->copy = strdup(given);
	if (!list)
		return -ENOMEM;
	for (char *p = list; *p; p++)
		*p = toupper((unsigned char)*p);
	while (list && (item = next_item(&list))) {
		if (f->nresults == FILTER_LIST_MAX || !is_result(item)) {
			msg__error(option__typed("result"),
				   "'%s' is not a result (use results like NXDOMAIN or TIMEOUT)",
				   text__quote(item));
			return -EINVAL;
		}
		f->results[f->nresults++] = item;
	}
	return 0;
}

int dns_filter__set(struct dns_filter *f, const struct dns_options *opt)
{
	f->failed = opt->failed;
	f->slower_ns = opt->slower_ns;
	f->any = opt->failed || opt->slower_ns || opt->name || opt->types || opt->results;
	return filter_name(f, opt->name)	   ?:
		       filter_types(f, opt->types) ?:
						     filter_results(f, opt->results);
}

void dns_filter__free(struct dns_filter *f)
{
	free(f->copy);
	f->copy = NULL;
}

static bool wants_name(const struct dns_filter *f, const struct dns_name *name)
{
	for (size_t i = 0; i < f->nnames; i++)
		if (dns_name__is_below(name, &f->names[i]))
			return !f->below || name->len > f->names[i].len;
	return false;
}

static bool wants_type(const struct dns_filter *f, uint16_t type)
{
	for (size_t i = 0; i < f->ntypes; i++)
		if (f->types[i] == type)
			return true;
	return !f->ntypes;
}

static bool wants_result(const struct dns_filter *f, const char *result, const char *kind)
{
	for (size_t i = 0; i < f->nresults; i++)
		if (!strcmp(f->results[i], result) || (kind && !strcmp(f->results[i], kind)))
			return true;
	return !f->nresults;
}

bool dns_filter__wants(const struct dns_filter *f, const struct dns_name *name, uint16_t type,
		       const char *result, const char *kind, bool answered, uint64_t lat_ns)
{
	if (f->failed && !strcmp(result, "NOERROR"))
		return false;
	/* UINT64_MAX, too, is not known to be faster. */
	if (f->slower_ns && answered && lat_ns < f->slower_ns)
		return false;
	if (f->nnames && !(name && wants_name(f, name)))
		return false;
	if (f->ntypes && !(name && wants_type(f, type)))
		return false;
	return wants_result(f, result, kind);
}

static int ports_add(uint16_t ports[DNS_PORTS + 1], uint16_t port, const char *text)
{
	int n = 0;

	while (ports[n] && ports[n] != htons(port))
		n++;
	if (!port || n == DNS_PORTS) {
		msg__error(option__typed("port"), "'%s' is not a list of at most %d ports",
			   text__quote(text), DNS_PORTS);
		return -EINVAL;
	}
	ports[n] = htons(port);
	return 0;
}

int dns_ports__set(const struct dns_options *opt, uint16_t ports[DNS_PORTS + 1])
{
	char *copy = strdup(opt->ports), *rest = copy, *item;
	int err = copy ? 0 : -ENOMEM;

	while (!err && rest && (item = next_item(&rest))) {
		uint64_t port;

		if (num__u64(item, 1, UINT16_MAX, &port))
			port = 0;
		err = ports_add(ports, port, opt->ports);
	}
	free(copy);
	if (!err && opt->mdns)
		err = ports_add(ports, MDNS_PORT, opt->ports);
	if (!err && opt->llmnr)
		err = ports_add(ports, LLMNR_PORT, opt->ports);
	return err;
}
