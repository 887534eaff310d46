/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Records as packets for Wireshark (--pcap). */
#ifndef DNSSNOOP_PCAP_H
#define DNSSNOOP_PCAP_H

#include "common/net/pcapng.h"
#include "common/owner/process.h"
#include "tools/dnssnoop/dnssnoop.h"

/* `bytes`: p->bytes_len of them. */
void pcap__packet(struct pcapng *file, const struct dns_packet *p, const void *bytes,
		  const struct process_names *names);

#endif
