/* UTM and MGRS: see grid.h. */
#include "format/grid.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* WGS 84 and the scale of UTM. */
#define WGS84_A 6378137.0
#define WGS84_F (1 / 298.257223563)
#define K0 0.9996
#define FALSE_EASTING 500000.0
#define FALSE_NORTHING 10000000.0 /* of the southern half */

static const char bands[] = "CDEFGHJKLMNPQRSTUVWX"; /* 8 degrees each from 80 S, X 12 */
static const char rows[] = "ABCDEFGHJKLMNPQRSTUV";  /* 100 km each, over and over */
static const char *const columns[3] = { "STUVWXYZ", "ABCDEFGH", "JKLMNPQR" }; /* by zone % 3 */

struct grid_ref {
	int zone;
	char band;
	bool mgrs;
	char column, row;          /* MGRS */
	double easting, northing;  /* MGRS: within the square */
	double precision;          /* m; MGRS: width of the square named */
};

struct geo_point grid_from_utm(int zone, bool south, double easting, double northing)
{
	double n = WGS84_F / (2 - WGS84_F), n2 = n * n, n3 = n2 * n;
	double radius = WGS84_A / (1 + n) * (1 + n2 / 4 + n2 * n2 / 64);
	const double beta[3] = {
		n / 2 - 2 * n2 / 3 + 37 * n3 / 96, n2 / 48 + n3 / 15, 17 * n3 / 480,
	};
	const double delta[3] = {
		2 * n - 2 * n2 / 3 - 2 * n3, 7 * n2 / 3 - 8 * n3 / 5, 56 * n3 / 15,
	};
	double xi = (northing - (south ? FALSE_NORTHING : 0)) / (K0 * radius);
	double eta = (easting - FALSE_EASTING) / (K0 * radius);
	double xi1 = xi, eta1 = eta, chi, lat, lon;

	for (int j = 1; j <= 3; j++) {
		xi1 -= beta[j - 1] * sin(2 * j * xi) * cosh(2 * j * eta);
		eta1 -= beta[j - 1] * cos(2 * j * xi) * sinh(2 * j * eta);
	}
	chi = asin(sin(xi1) / cosh(eta1));
	lat = chi;
	for (int j = 1; j <= 3; j++)
		lat += delta[j - 1] * sin(2 * j * chi);
	lon = atan2(sinh(eta1), cos(xi1));
	return (struct geo_point){
		.lat = lat * 180 / M_PI,
		.lon = geo_wrap_180(lon * 180 / M_PI + zone * 6 - 183),
	};
}

static const char *skip_spaces(const char *s)
{
	return s + strspn(s, " \t");
}

/* A run of digits, maybe with a fraction, maybe with "m", and E or N. */
static const char *read_metres(const char *s, char axis, double *out)
{
	size_t len = strspn(s, "0123456789.");
	char text[24];

	if (len == 0 || len >= sizeof(text))
		return NULL;
	str_copy_n(text, sizeof(text), s, len);
	if (!str_double(text, out))
		return NULL;
	s += len;
	if (*s == 'm')
		s++;
	if (toupper((unsigned char)*s) == axis)
		s++;
	return *s == ' ' || *s == '\t' || *s == ',' || !*s ? s + (*s == ',') : NULL;
}

/* The digits behind the square's letters: as many for easting as for
 * northing, in one run or two. */
static bool read_digits(const char *s, struct grid_ref *ref)
{
	char digits[16], half[8];
	size_t n = 0, first = 0;

	for (; *s && n < sizeof(digits) - 1; s++) {
		if (isdigit((unsigned char)*s))
			digits[n++] = *s;
		else if ((*s == ' ' || *s == '\t') && (first == 0 || first == n))
			first = n;
		else
			return false;
	}
	digits[n] = '\0';
	/* The middle is where a gap may be. */
	if (*s || n == 0 || n % 2 || n > 10 || (first && first != n && first != n / 2))
		return false;
	ref->precision = pow(10, 5 - (double)(n / 2));
	str_copy_n(half, sizeof(half), digits, n / 2);
	ref->easting = atof(half) * ref->precision;
	str_copy_n(half, sizeof(half), digits + n / 2, n / 2);
	ref->northing = atof(half) * ref->precision;
	return true;
}

static bool read_ref(const char *text, struct grid_ref *ref)
{
	const char *s = skip_spaces(text);
	size_t digits = strspn(s, "0123456789");

	*ref = (struct grid_ref){ 0 };
	if (digits < 1 || digits > 2)
		return false;
	ref->zone = atoi(s);
	s = skip_spaces(s + digits);
	ref->band = (char)toupper((unsigned char)*s);
	if (!isalpha((unsigned char)*s))
		return false;
	s = skip_spaces(s + 1);
	if (isalpha((unsigned char)s[0]) && isalpha((unsigned char)s[1])) {
		ref->mgrs = true;
		ref->column = (char)toupper((unsigned char)s[0]);
		ref->row = (char)toupper((unsigned char)s[1]);
		return read_digits(skip_spaces(s + 2), ref);
	}
	s = read_metres(s, 'E', &ref->easting);
	if (!s)
		return false;
	s = read_metres(skip_spaces(s), 'N', &ref->northing);
	/* Below that it is rather degrees that are meant: "47N 9 31". */
	return s && !*skip_spaces(s) && ref->easting >= 100000;
}

bool grid_looks_like(const char *text)
{
	struct grid_ref ref;

	return read_ref(text, &ref);
}

/* How far a latitude is outside a band; 0 within. */
static double outside_band(double lat, char band)
{
	double south = -80 + 8 * (double)(strchr(bands, band) - bands);
	double north = band == 'X' ? 84 : south + 8;

	return lat < south ? south - lat : lat > north ? lat - north : 0;
}

/* A band's edge is a parallel, the grid is not: squares reach across. */
#define BAND_SLACK_DEG 1.0

static int from_utm_ref(const char *text, const struct grid_ref *ref, struct geo_point *out,
    struct err *err)
{
	if (ref->band == 'S')
		return err_set(err,
		    "\"%.40s\": S may mean the band from 32 N or the south; write degrees or MGRS", text);
	if (ref->easting > 900000 || ref->northing > FALSE_NORTHING)
		return err_set(err,
		    "\"%.40s\" is no UTM position: easting is within 100000 to 900000, northing to 10000000",
		    text);
	*out = grid_from_utm(ref->zone, ref->band < 'N', ref->easting, ref->northing);
	/* N is also written for all of the north. */
	if (ref->band != 'N' && outside_band(out->lat, ref->band) > 0.01)
		return err_set(err, "\"%.40s\" lies at latitude %.4f, which is not in band %c", text,
		    out->lat, ref->band);
	return 0;
}

static int from_mgrs_ref(const char *text, const struct grid_ref *ref, struct geo_point *out,
    struct err *err)
{
	const char *set = columns[ref->zone % 3], *column = strchr(set, ref->column);
	const char *row = strchr(rows, ref->row);
	double easting, northing, best = INFINITY;

	if (!column || !row)
		return err_set(err, "\"%.40s\": zone %d has no square %c%c", text, ref->zone, ref->column,
		    ref->row);
	if (ref->precision > 10)
		return err_set(err,
		    "\"%.40s\" names a square %g m wide; give 8 or 10 digits, for 10 m or 1 m", text,
		    ref->precision);
	easting = (double)(column - set + 1) * 100000 + ref->easting + ref->precision / 2;
	/* Even zones begin their rows at F; the letters come again every 2,000 km. */
	northing = (double)((row - rows + (ref->zone % 2 ? 0 : 15)) % 20) * 100000 + ref->northing +
	    ref->precision / 2;
	for (; northing < FALSE_NORTHING; northing += 2000000) {
		struct geo_point p = grid_from_utm(ref->zone, ref->band < 'N', easting, northing);
		double off = outside_band(p.lat, ref->band);

		if (off < best) {
			best = off;
			*out = p;
		}
	}
	if (best > BAND_SLACK_DEG)
		return err_set(err, "\"%.40s\": there is no square %c%c in zone %d%c", text, ref->column,
		    ref->row, ref->zone, ref->band);
	return 0;
}

int grid_parse(const char *text, struct geo_point *out, struct err *err)
{
	struct grid_ref ref;

	if (!read_ref(text, &ref))
		return err_set(err, "\"%.40s\" is neither UTM nor MGRS", text);
	if (ref.zone < 1 || ref.zone > 60)
		return err_set(err, "\"%.40s\": a zone is 1 to 60", text);
	if (!strchr(bands, ref.band))
		return err_set(err, "\"%.40s\": a band is one of %s", text, bands);
	return ref.mgrs ? from_mgrs_ref(text, &ref, out, err) : from_utm_ref(text, &ref, out, err);
}
