/*
 * XML to a FILE by libxml2's writer: for the track formats.
 */
#ifndef FORMAT_XML_OUT_H
#define FORMAT_XML_OUT_H

#include <libxml/xmlwriter.h>
#include <stdio.h>

/* Begins a UTF-8 document; ends the program where there is no memory. */
xmlTextWriterPtr xml_out_begin(FILE *out);
void xml_out_open(xmlTextWriterPtr w, const char *name);
void xml_out_attribute(xmlTextWriterPtr w, const char *name, const char *value);
void xml_out_element(xmlTextWriterPtr w, const char *name, const char *text);
void xml_out_close(xmlTextWriterPtr w);
/* Closes all that is open and frees: 0, or -1 where it could not write. */
int xml_out_end(xmlTextWriterPtr w);

#endif
