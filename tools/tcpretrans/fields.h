/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The fields of a row, a connection and a sum. */
#ifndef TCPRETRANS_FIELDS_H
#define TCPRETRANS_FIELDS_H

#include "common/out/field.h"

/* Of struct retrans_row, the second one for --conn; of struct sum_row. */
extern const struct field retrans_fields[], conn_fields[], sum_fields[];
extern const struct member retrans_members[], conn_members[], sum_members[], retrans_summary[];

#endif
