/* spellings.h: words as bytes: where words stand among others, how pairs of them are spelled, and texts of them.
 *
 * Pairs, middles and sentences are neighbours.h's. Files are not known here.
 */
#ifndef FW2V_SPELLINGS_H
#define FW2V_SPELLINGS_H

#include <stddef.h>
#include <stdint.h>

#include "neighbours.h"

/* Words as bytes: word w is bytes[starts[w]..starts[w + 1]). */
typedef struct {
    const uint8_t *bytes;
    const int64_t *starts;
} fw2v_spellings;

/* numbers[i] becomes where the word i of n < 2^31 `wanted` ones stands among `count` different words; -1 - j for one that
 * does not, wanted word j being the first that is the same. Returns 0 without memory. */
int fw2v_find_words(const fw2v_spellings *wanted, size_t n, const fw2v_spellings *words, size_t count,
                    int32_t *numbers);

/* A 64-bit hash of how each pair is spelled: left, the connectors between and right, with `delimiter` between them.
 * Equal spellings have equal hashes, whatever pairs they come from; a `right` of -1 stands for the word `left` alone.
 * Returns 0 without memory. */
int fw2v_spelling_hashes(const fw2v_spellings *words, const fw2v_middles *middles, const uint8_t *delimiter,
                         size_t delimiter_length, const int32_t *left, const uint32_t *between, const int32_t *right,
                         size_t n, uint64_t *hashes);

/* How many bytes the sentences take as lines of text, words separated by single spaces. */
size_t fw2v_text_size(const fw2v_spellings *words, const int32_t *ids, size_t tokens);

/* Bytes that may be read behind the last word, and written behind the text, whatever they are. */
enum { FW2V_TEXT_SLACK = 16 };

/* Writes them: an end of line for the last space of each sentence. No sentence is empty. */
void fw2v_write_text(const fw2v_spellings *words, const int32_t *ids, const int64_t *ends, size_t sentences,
                     int64_t base, uint8_t *text);

#endif
