/* phrases.h: phrases joined in sentences of numbers.
 *
 * Pairs, middles and sentences are neighbours.h's. Which pairs are phrases is not known here, nor are files and threads.
 */
#ifndef FW2V_PHRASES_H
#define FW2V_PHRASES_H

#include <stddef.h>
#include <stdint.h>

#include "neighbours.h"

/* Which pairs become which numbers: the counts of `numbers` are these, each plus 1. roles[w] says what word w may be in a
 * phrase. `maybe` are bits, of which fw2v_maybe_bit chooses one for a pair: most pairs of a text are no phrases, and few
 * of those have a bit that is set. */
enum { FW2V_LEFT = 1, FW2V_RIGHT = 2, FW2V_CONNECTOR = 4 };

typedef struct {
    const fw2v_pairs *numbers;
    const fw2v_middles *middles;
    const uint8_t *roles;
    const uint64_t *maybe;
    unsigned maybe_shift;   /* 64 less the binary logarithm of how many bits there are */
} fw2v_phrases;

static inline size_t fw2v_maybe_bit(uint64_t key, unsigned shift) {
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> shift);
}

/* Sets the bits of n pairs. */
void fw2v_set_maybe(const uint64_t *keys, size_t n, uint64_t *maybe, unsigned shift);

/* Joins phrases from left to right: a pair that is one is written as its number, and its right word begins no other.
 * out[0..) has room for `tokens`; out_ends[i] is where sentence i then ends. Returns how many numbers were written. */
size_t fw2v_join(const fw2v_phrases *phrases, const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                 int32_t *out, int64_t *out_ends);

#endif
