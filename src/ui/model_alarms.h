/* A part of the model: what alarms say of their drones. */
#ifndef UI_MODEL_ALARMS_H
#define UI_MODEL_ALARMS_H

struct model;

/* Each drone's alarm_level and alarm_text. */
void model_alarms_judge(struct model *m);

#endif
