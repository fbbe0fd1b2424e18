/*
 * SQLite's interface, from the library or, in the loadable extension
 * (HISTORY_EXTENSION), from the program that loads it. Every file of the
 * history includes this and never sqlite3.h itself.
 */
#ifndef HISTORY_SQLITE_H
#define HISTORY_SQLITE_H

#ifdef HISTORY_EXTENSION
#include <sqlite3ext.h>
extern const sqlite3_api_routines *sqlite3_api;
#else
#include <sqlite3.h>
#endif

#endif
