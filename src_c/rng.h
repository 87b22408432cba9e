/* rng.h: random 64-bit words from a counter (the SplitMix64 generator of Steele, Lea and Flood, 2014).
 *
 * A stream is named by its key and a word by its position, so any draw can be made again without the ones before it.
 * Nothing is kept between calls; the caller owns the position.
 */
#ifndef FW2V_RNG_H
#define FW2V_RNG_H

#include <stddef.h>
#include <stdint.h>

/* 2^64 divided by the golden ratio, made odd: the step that spreads counters over all of 2^64. */
#define FW2V_GOLDEN 0x9E3779B97F4A7C15ULL

/* Bijective mixing of 64 bits: the output function of SplitMix64. */
static inline uint64_t fw2v_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* Key of the stream named by (key, a): streams of different names are unrelated. */
static inline uint64_t fw2v_key(uint64_t key, uint64_t a)
{
    return fw2v_mix(fw2v_mix(key + FW2V_GOLDEN) ^ (a + 1) * FW2V_GOLDEN);
}

/* Word number `position` of a stream. */
static inline uint64_t fw2v_random_at(uint64_t key, uint64_t position)
{
    return fw2v_mix(key + (position + 1) * FW2V_GOLDEN);
}

/* The next word of a stream whose state starts at its key. */
static inline uint64_t fw2v_random_next(uint64_t *state)
{
    return fw2v_mix(*state += FW2V_GOLDEN);
}

/* A whole number in 0..n-1 from the high 32 bits of a random word; its bias is below n / 2^32. */
static inline uint32_t fw2v_below(uint64_t word, uint32_t n)
{
    return (uint32_t)(((word >> 32) * n) >> 32);
}

/* A draw from an alias table of n slots, slot i being {threshold, other}: i with probability threshold / 2^32, else
 * other. The choice is arithmetic, since a branch on it would be mispredicted half the time. */
static inline uint32_t fw2v_alias_draw(const uint32_t *table, uint32_t n, uint64_t word)
{
    const uint32_t slot = fw2v_below(word, n);
    const uint32_t threshold = table[2 * (size_t)slot], other = table[2 * (size_t)slot + 1];
    const uint32_t take_other = 0u - ((uint32_t)word >= threshold);
    return slot ^ ((slot ^ other) & take_other);
}

/* Asks the caches for the slot that a draw will read. */
static inline void fw2v_alias_ahead(const uint32_t *table, uint32_t n, uint64_t word)
{
#if defined(__GNUC__)
    __builtin_prefetch(table + 2 * (size_t)fw2v_below(word, n), 0, 3);
#else
    (void)table, (void)n, (void)word;
#endif
}

/* How many bits the numbers 0..n-1 have. */
static inline int fw2v_bits(uint64_t n)
{
    int bits = 0;
    while (bits < 64 && n > 1 && (n - 1) >> bits)
        bits++;
    return bits;
}

/* Where `position` of 0..n-1 comes in the shuffle named by `key`: each place comes once, and no table is needed. A Feistel
 * network on the `bits` bits of such numbers, walked on until it comes below n (Black and Rogaway, 2002), which takes less
 * than two turns on average. */
static inline uint64_t fw2v_shuffled(uint64_t position, uint64_t n, int bits, uint64_t key)
{
    const int low_bits = bits / 2;
    const uint64_t low_mask = ((uint64_t)1 << low_bits) - 1, high_mask = ((uint64_t)1 << (bits - low_bits)) - 1;
    do {
        uint64_t low = position & low_mask, high = position >> low_bits;
        for (int round = 0; round < 4; round += 2) {
            high ^= fw2v_random_at(key + round, low) & high_mask;
            low ^= fw2v_random_at(key + round + 1, high) & low_mask;
        }
        position = high << low_bits | low;
    } while (position >= n);
    return position;
}

#endif
