/* One decimal number as text to the float32 nearest to it: the way back from float_text.h.
 *
 * This file knows numbers; lines, words and files are vector_rows.h's. Pure functions: no global state, no allocation,
 * independent of the process's locale, safe on any number of threads.
 */
#ifndef FLOAT_PARSE_H
#define FLOAT_PARSE_H

#include <stdint.h>

/* Reads a number that begins at `text` and writes to *value the float32 nearest to it, of two equally near ones that
 * with an even last bit; what lies beyond float32 becomes infinite.
 *
 *   number = [+-] (digits [. [digits]] | . digits) [(e|E) [+-] digits]  or  [+-] (nan | inf | infinity), in any case
 *
 * as Python's float() but for its underscores. Returns where the number ends, at most `end`, or NULL if none begins at
 * `text`. What follows a number is the caller's matter. Takes time linear in the number's length.
 */
const uint8_t *float_parse(const uint8_t *text, const uint8_t *end, float *value);

#endif
