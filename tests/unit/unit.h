/* What every unit test includes: cmocka wants these headers before its own. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Fails with the case's legend. */
#define CHECK(legend, condition)                                               \
	do {                                                                   \
		if (!(condition))                                              \
			fail_msg("%s: not so: %s", (legend), #condition);      \
	} while (0)

#endif
