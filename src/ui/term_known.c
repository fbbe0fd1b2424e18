/* Terminals known: see term_known.h. Apart from the rest because <term.h> has
 * macros called lines and columns. */
#include "ui/term_known.h"

#include <stddef.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

bool term_known(const char *name)
{
	int error;

	if (!name || setupterm(name, STDOUT_FILENO, &error) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}
