/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The step that is done, and its arguments. */
#ifndef SUBJECT_TCP_STEP_H
#define SUBJECT_TCP_STEP_H

extern const char *step;
extern char **rest; /* of the command line */

_Noreturn void fail(const char *what);
_Noreturn void usage(const char *what);
char *argument(void);
double seconds(void);
void pause_for(double s);

#endif
