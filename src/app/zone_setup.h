/*
 * What the configuration says of zones, made ready: each [zone NAME] read from its
 * file and added to one set. For the daemon, which watches it; for odyssey
 * send and the screen, which warn by it; and for odyssey check, which tells
 * what was understood.
 */
#ifndef APP_ZONE_SETUP_H
#define APP_ZONE_SETUP_H

#include "alarm/zones.h"
#include "base/buf.h"
#include "config/config.h"
#include "format/zone_file.h"

/* One section: its file into *file (empty where it names none), its zones
 * added to set. 0, or -1 with a sentence that names the configuration's file and
 * line, and section or file of zones; file is the caller's to clear in either
 * case. notes may be NULL. */
int zone_setup_section(const struct config *config, const struct config_zone *z,
    struct zone_set *set, struct zone_file *file, struct buf *notes, struct err *err);

/* All of them: 0 with a set to free, which is NULL where there is no section;
 * or -1 with the sentence of the first that is wrong, and no set. */
int zone_setup(const struct config *config, struct zone_set **set, struct buf *notes,
    struct err *err);

#endif
