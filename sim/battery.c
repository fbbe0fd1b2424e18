/* A lithium-polymer pack: see battery.h. */
#include "battery.h"

#include <math.h>
#include <stddef.h>

/* Open-circuit voltage of a cell by charge left. */
static const struct { double charge, volt; } cell_curve[] = {
	{ 0, 3.30 }, { 0.05, 3.55 }, { 0.15, 3.68 }, { 0.30, 3.76 }, { 0.50, 3.83 },
	{ 0.70, 3.95 }, { 0.90, 4.10 }, { 1, 4.20 },
};

static double open_voltage(double charge, int cells)
{
	size_t i = 1;
	double t;

	while (charge > cell_curve[i].charge && i + 1 < sizeof(cell_curve) / sizeof(cell_curve[0]))
		i++;
	t = (charge - cell_curve[i - 1].charge) / (cell_curve[i].charge - cell_curve[i - 1].charge);
	return cells * (cell_curve[i - 1].volt + t * (cell_curve[i].volt - cell_curve[i - 1].volt));
}

void battery_draw(struct battery *b, const struct flight_model *m, double power_w, double dt)
{
	double voc = open_voltage(b->charge, m->cells), r = m->resistance;
	double root = voc * voc - 4 * r * power_w;
	double drawn;

	/* More than the pack can give: it gives its most, at half voltage. */
	b->current = (voc - sqrt(fmax(root, 0))) / (2 * r);
	b->voltage = voc - r * b->current;
	drawn = b->current * dt / 3.6;
	b->used += drawn;
	b->charge = fmax(b->charge - drawn / m->capacity_mah, 0);
}

void battery_charge(struct battery *b, const struct flight_model *m, double dt)
{
	double rate = 3 * m->capacity_mah / 1000;

	if (b->charge > 0.9)
		rate *= fmax((1 - b->charge) / 0.1, 0.05);
	b->charge = fmin(b->charge + rate * dt / 3.6 / m->capacity_mah, 1);
	if (b->charge >= 1)
		rate = 0;
	b->current = -rate;
	b->voltage = open_voltage(b->charge, m->cells) + m->resistance * rate;
}

double battery_energy_wh(const struct flight_model *m, double charge)
{
	return charge * m->capacity_mah / 1000 * m->cells * 3.8;
}
