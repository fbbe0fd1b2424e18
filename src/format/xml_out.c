/* XML to a FILE: see xml_out.h. Errors are sticky in the stream, where the
 * caller looks for them at the end. */
#include "format/xml_out.h"

#include "base/mem.h"

/* libxml2 would speak on stderr by itself. */
static void keep_quiet(void *context, const char *fmt, ...)
{
	(void)context;
	(void)fmt;
}

xmlTextWriterPtr xml_out_begin(FILE *out)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateFile(out, NULL);
	xmlTextWriterPtr w = buffer ? xmlNewTextWriter(buffer) : NULL;

	xmlSetGenericErrorFunc(NULL, keep_quiet);
	if (!w)
		xmalloc(SIZE_MAX); /* ends the program with the sentence for it */
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	return w;
}

void xml_out_open(xmlTextWriterPtr w, const char *name)
{
	xmlTextWriterStartElement(w, BAD_CAST name);
}

void xml_out_attribute(xmlTextWriterPtr w, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(w, BAD_CAST name, BAD_CAST value);
}

void xml_out_element(xmlTextWriterPtr w, const char *name, const char *text)
{
	xmlTextWriterWriteElement(w, BAD_CAST name, BAD_CAST text);
}

void xml_out_close(xmlTextWriterPtr w)
{
	xmlTextWriterEndElement(w);
}

int xml_out_end(xmlTextWriterPtr w)
{
	int ret = xmlTextWriterEndDocument(w);

	xmlFreeTextWriter(w);
	return ret < 0 ? -1 : 0;
}
