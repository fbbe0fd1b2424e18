/*
 * Parts of the written documents, printed from the tables that the programs
 * run by: mdoc fragments for the manual pages, and the sample configuration.
 * `odyssey doc NAME` prints one; tools/check-docs holds the pages against
 * them.
 */
#ifndef APP_DOC_PARTS_H
#define APP_DOC_PARTS_H

#include <stdio.h>

/* The keys of the feed's bodies, a list a topic. */
void doc_bodies(FILE *out);
/* Numbers on the wire that stand for words. */
void doc_modes(FILE *out);
void doc_flags(FILE *out);
void doc_fixes(FILE *out);
void doc_severities(FILE *out);
/* Why a daemon refuses a feed message. */
void doc_rejects(FILE *out);

/* odyssey.conf: every option with what it is for, what it takes and its
 * default, all but one source commented out. */
void doc_conf(FILE *out);

#endif
