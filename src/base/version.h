/* The version that every program, `hello` reply and manual page states. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define ODYSSEY_VERSION "0.1.0"

#endif
