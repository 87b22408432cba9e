/* word_bytes.h: words as bytes, eight at a time: where white space stands, and a word's hash.
 *
 * No table, no UTF-8, and no instruction set of one machine: the eight bytes are those of a uint64_t.
 */
#ifndef FW2V_WORD_BYTES_H
#define FW2V_WORD_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#define UNLIKELY(condition) (condition)
#else
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#endif

enum { BLOCK = 8 }; /* bytes looked at in one step */

/* One byte value in each of the eight bytes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH_BITS EACH(0x80)

static inline int is_space(uint8_t byte) {
    return byte == ' ' || (uint8_t)(byte - '\t') <= '\r' - '\t';
}

/* Eight bytes, the first one lowest. With fewer than eight left, spaces stand for the rest. */
static inline uint64_t load_block(const uint8_t *bytes, size_t left) {
    uint64_t block = EACH(' ');
    if (UNLIKELY(left < BLOCK))
        memcpy(&block, bytes, left);
    else
        memcpy(&block, bytes, BLOCK);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    block = __builtin_bswap64(block);
#endif
    return block;
}

/* The high bit of each byte that is white space. The sums cannot carry into the next byte, so every bit is exact. */
static inline uint64_t space_bits(uint64_t block) {
    uint64_t low = block & ~HIGH_BITS;
    uint64_t from_tab = low + EACH(0x80 - '\t');
    uint64_t past_return = low + EACH(0x80 - '\r' - 1);
    uint64_t not_space = (low ^ EACH(' ')) + EACH(0x7F);
    return ((from_tab & ~past_return) | ~not_space) & ~block & HIGH_BITS;
}

/* The index of the first byte marked in bits != 0. */
static inline unsigned first_byte(uint64_t bits) {
#if defined(_MSC_VER) && !defined(__clang__)
    unsigned long index;
    _BitScanForward64(&index, bits);
    return (unsigned)index / 8;
#else
    return (unsigned)__builtin_ctzll(bits) / 8;
#endif
}

/* Mixes a block into the hash so far. With `hash` fixed it is one-to-one, so two words of equal length up to eight
 * bytes have equal hashes only if they are equal, and need no comparison of their bytes. */
static inline uint64_t mix(uint64_t hash, uint64_t block) {
    hash = (hash ^ block) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 29;
}

typedef struct {
    uint64_t hash;
    size_t length;
    uint64_t high;      /* not 0: some byte is not ASCII */
} scanned;

/* The word at bytes[0..left), left > 0, up to white space or the end. */
static inline scanned scan_word(const uint8_t *bytes, size_t left) {
    scanned word = {0, 0, 0};
    for (;;) {
        uint64_t block = load_block(bytes + word.length, left - word.length);
        uint64_t spaces = space_bits(block);
        if (spaces) {
            unsigned rest = first_byte(spaces);
            if (rest) {
                block &= ~UINT64_C(0) >> (64 - 8 * rest);
                word.hash = mix(word.hash, block);
                word.high |= block & HIGH_BITS;
                word.length += rest;
            }
            return word;
        }
        word.hash = mix(word.hash, block);
        word.high |= block & HIGH_BITS;
        word.length += BLOCK;
        if (UNLIKELY(word.length == left))
            return word;
    }
}

/* scan_word's hash of exactly bytes[0..length), whatever the bytes are. */
static inline uint64_t hash_word(const uint8_t *bytes, size_t length) {
    uint64_t hash = 0;
    for (; length >= BLOCK; bytes += BLOCK, length -= BLOCK)
        hash = mix(hash, load_block(bytes, BLOCK));
    if (length)
        hash = mix(hash, load_block(bytes, length) & ~UINT64_C(0) >> (64 - 8 * length));
    return hash;
}

#endif
