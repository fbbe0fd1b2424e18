/* Flights for other programs: see track.h. */
#include "format/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/track_formats.h"

static const struct track_format *const formats[] = {
	&track_csv, &track_geojson, &track_kml, &track_gpx,
};

const char *const track_format_names[] = { "csv", "geojson", "kml", "gpx", NULL };

struct track_writer {
	const struct track_format *format;
	void *state;
	FILE *out;
	bool in_segment;
	uint32_t boot, seq; /* of the last sample */
};

int track_open(struct track_writer **out_writer, const char *format, FILE *out,
    const struct track_info *info, struct err *err)
{
	*out_writer = NULL;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct track_writer *w;

		if (strcmp(formats[i]->name, format) != 0)
			continue;
		w = xcalloc(1, sizeof(*w));
		w->format = formats[i];
		w->out = out;
		w->state = w->format->begin(out, info);
		*out_writer = w;
		return 0;
	}
	return err_set(err, "there is no format \"%s\"; there are csv, geojson, kml and gpx", format);
}

double track_altitude(const struct sample *s)
{
	return sample_value(s, FIELD_alt);
}

static bool has_position(const struct sample *s)
{
	return sample_has(s, FIELD_lat) && sample_has(s, FIELD_lon) &&
	       sample_flag(s, FLAG_POSITION_VALID);
}

static void end_segment(struct track_writer *w)
{
	if (w->in_segment)
		w->format->segment_end(w->state);
	w->in_segment = false;
}

void track_add(struct track_writer *w, const struct sample *s)
{
	if (w->in_segment && (sample_boot(s) != w->boot || sample_seq(s) != w->seq + 1))
		end_segment(w);
	w->boot = sample_boot(s);
	w->seq = sample_seq(s);
	if (!w->format->every_sample && !has_position(s)) {
		end_segment(w);
		return;
	}
	if (!w->in_segment)
		w->format->segment_begin(w->state);
	w->in_segment = true;
	w->format->point(w->state, s);
}

int track_close(struct track_writer **writer, struct err *err)
{
	struct track_writer *w = *writer;
	int ret;

	end_segment(w);
	errno = 0;
	ret = w->format->end(w->state);
	if (fflush(w->out) == EOF || ferror(w->out))
		ret = -1;
	free(w);
	*writer = NULL;
	if (ret == -1)
		return err_set(err, "the export could not be written whole: %s",
		    errno ? strerror(errno) : "the disk or pipe took no more");
	return 0;
}
