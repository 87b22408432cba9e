/* Rows of the two word2vec file forms, as bytes in memory: where they lie, their words, and their numbers.
 *
 *   text     word, white space, numbers with white space between, newline       (white space: ASCII, as in word_bytes.h)
 *   binary   any number of newlines, word, a space, `width` little-endian float32
 *
 * First rows are found, which takes little time and must be done in order; then the numbers of any of them can be read,
 * by any number of threads. Nothing here opens files, allocates, or makes sentences of what is wrong.
 */
#ifndef VECTOR_ROWS_H
#define VECTOR_ROWS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    ROW_GOOD = 0,
    ROW_TOO_FEW,        /* fewer numbers than asked for */
    ROW_TOO_MANY,       /* something after the last number */
    ROW_NO_NUMBER,      /* something that is no number */
    ROW_NOT_FINITE      /* NaN or infinity, where these are not allowed */
} row_fault;

/* How many lines text[0..length) has, `most` at most; what follows the last newline is one only if `at_end`. */
size_t count_lines(const uint8_t *text, size_t length, int at_end, size_t most);

/* Finds the first `lines` lines, all of which the text must hold: the word of line i is text[starts[i]..ends[i]), empty
 * if there is nothing but white space, and its numbers lie in text[ends[i]..stops[i]). Returns where the last line ends,
 * past its newline. */
size_t find_lines(const uint8_t *text, size_t length, size_t lines, int64_t *starts, int64_t *ends, int64_t *stops);

/* Moves ends[i], where the first field of a line ends, to the end of its word where this goes on behind white space: more
 * than `width` fields follow, and neither the first of them nor another before the last `width` is a number. Fields between
 * that are numbers tell of a line with too many of these, which is left as it is for parse_rows to refuse. */
void extend_words(const uint8_t *text, size_t rows, size_t width, int64_t *ends, const int64_t *stops);

/* Finds up to `most` whole binary rows of `width` numbers: the word of row i is data[starts[i]..ends[i]), and its numbers
 * begin at ends[i] + 1. Stops before a row without a word. *rows: how many. Returns where the last one ends. */
size_t find_rows(const uint8_t *data, size_t length, size_t width, size_t most, int64_t *starts, int64_t *ends,
                 size_t *rows);

/* Writes the words bytes[starts[i]..ends[i]) one after the other to `blob`, and where each begins to offsets[0..rows],
 * the last being their length. Returns the first one that is not UTF-8; `rows` if all are. */
size_t gather_words(const uint8_t *bytes, size_t rows, const int64_t *starts, const int64_t *ends, uint8_t *blob,
                    int64_t *offsets);

/* Reads text[ends[i]..stops[i]) into out[i * width..): `width` numbers and nothing else. Returns the first row with a
 * fault, and which it is; `rows` if there is none. */
size_t parse_rows(const uint8_t *text, size_t rows, size_t width, const int64_t *ends, const int64_t *stops,
                  int allow_nan, float *out, row_fault *fault);

/* Copies the numbers of the binary rows whose words end at ends[i] into out[i * width..). Returns the first row that
 * holds NaN or infinity, unless these are allowed; `rows` if there is none. */
size_t copy_rows(const uint8_t *data, size_t rows, size_t width, const int64_t *ends, int allow_nan, float *out);

/* Writes the CRC-32 of each word blob[offsets[i]..offsets[i + 1]) to hashes[i]. */
void hash_words(const uint8_t *blob, const int64_t *offsets, size_t rows, uint32_t *hashes);

/* The first word that stands twice among blob[offsets[i]..offsets[i + 1]), and in *earlier the row where it stood before;
 * `rows` if there is none. slots: slot_mask + 1 zeros, a power of two of them and more than `rows`. A `seed` that nobody
 * can foresee keeps words from being chosen so that they meet in the same slots. */
size_t find_repeat(const uint8_t *blob, const int64_t *offsets, size_t rows, uint64_t seed, uint32_t *slots,
                   size_t slot_mask, size_t *earlier);

#endif
