/* Whether the system describes a kind of terminal: asked before curses is, which
 * does not give back what it took for one it does not know. */
#ifndef UI_TERM_KNOWN_H
#define UI_TERM_KNOWN_H

#include <stdbool.h>

bool term_known(const char *name);

#endif
