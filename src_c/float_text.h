/* Rows of float32 as decimal text, byte for byte what Python's '%.9g' prints.
 *
 * Nine significant digits name every float32 uniquely, so a file written this way reads back to the same bits. This file
 * knows numbers and rows; it does not know words, files or threads, and it does not parse text.
 *
 * All functions are pure: no global state, no allocation, independent of the process's locale, safe to call from any
 * number of threads on different output buffers.
 */
#ifndef FLOAT_TEXT_H
#define FLOAT_TEXT_H

#include <stddef.h>

/* The most bytes one number can take: sign, "0.", three zeros and nine digits; the exponent form takes as many. */
#define FLOAT_TEXT_MAX 15

/* Writes `value` to `out` (at least FLOAT_TEXT_MAX bytes, no terminating zero) and returns the number of bytes.
 *
 *   value = s * 0.d1..d9 * 10^(x+1), rounded to nine digits half-to-even; trailing zeros dropped;
 *   fixed notation for -4 <= x < 9, otherwise d.ddde+xx; "nan", "inf", "-inf", "0", "-0" as Python prints them.
 */
size_t float_text(float value, char *out);

/* Writes " v1 v2 ... vn": each of the `n_cols` numbers of `row` with one space before it. `out` must hold
 * n_cols * (FLOAT_TEXT_MAX + 1) bytes and must not overlap `row`. Returns the number of bytes.
 */
size_t float_text_row(const float *row, size_t n_cols, char *out);

/* Writes one line a row, "word v1 v2 ... vn\n", for `n_rows` rows.
 *
 *   rows     first number of the first row; row i starts at rows + i * row_stride (in floats; may be negative)
 *   words    UTF-8 bytes of all words; word i is words[offsets[i]] .. words[offsets[i+1]-1]
 *   offsets  n_rows + 1 ascending positions in `words`
 *   out      must hold offsets[n_rows] - offsets[0] + n_rows * (n_cols * (FLOAT_TEXT_MAX + 1) + 1) bytes;
 *            must not overlap the inputs
 *
 * Returns the number of bytes. The inputs are only read.
 */
size_t float_text_rows(const float *rows, size_t n_rows, size_t n_cols, ptrdiff_t row_stride,
                       const unsigned char *words, const long long *offsets, char *out);

#endif
