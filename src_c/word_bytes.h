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
#define PREFETCH(address) ((void)(address))
#else
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define PREFETCH(address) __builtin_prefetch(address)
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

/* The high bit of each byte that ends a line, as exact as space_bits. */
static inline uint64_t newline_bits(uint64_t block) {
    return ~((((block & ~HIGH_BITS) ^ EACH('\n')) + EACH(0x7F)) | block) & HIGH_BITS;
}

/* The high bits of eight bytes side by side, the first one lowest. */
static inline uint64_t gather(uint64_t high_bits) {
    return (high_bits >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* The index of the lowest bit of bits != 0. */
static inline unsigned first_bit(uint64_t bits) {
#if defined(_MSC_VER) && !defined(__clang__)
    unsigned long index;
    _BitScanForward64(&index, bits);
    return (unsigned)index;
#else
    return (unsigned)__builtin_ctzll(bits);
#endif
}

/* How many bits are set. */
static inline unsigned count_bits(uint64_t bits) {
    bits -= bits >> 1 & EACH(0x55);
    bits = (bits & EACH(0x33)) + (bits >> 2 & EACH(0x33));
    return (unsigned)(((bits + (bits >> 4)) & EACH(0x0F)) * EACH(1) >> 56);
}

/* The index of the first byte marked in bits != 0. */
static inline unsigned first_byte(uint64_t bits) {
    return first_bit(bits) / 8;
}

/* Mixes a block into the hash so far: one-to-one in the block, and in the hash. */
static inline uint64_t mix(uint64_t hash, uint64_t block) {
    hash = (hash ^ block) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 29;
}

/* All ones in the lowest n bytes, n <= 8. */
static inline uint64_t low_bytes(size_t n) {
    return n < BLOCK ? (UINT64_C(1) << 8 * n) - 1 : ~UINT64_C(0);
}

/* A word's bytes as far as a table compares them: of two words of equal length up to READ_AHEAD bytes, those with equal
 * hashes and second blocks are equal, since mixing is one-to-one. */
enum { READ_AHEAD = 2 * BLOCK };

typedef struct {
    uint64_t hash;      /* of all blocks, mixed in order */
    uint64_t second;    /* the second block where the word is no longer than that, else 0 */
    uint64_t high;      /* not 0: some byte is not ASCII */
} hashed;

/* The hash of bytes[0..length), whatever the bytes are. */
static inline hashed hash_word(const uint8_t *bytes, size_t length) {
    hashed word = {0, 0, 0};
    for (size_t at = 0; at < length; at += BLOCK) {
        size_t left = length - at;
        uint64_t block = load_block(bytes + at, left) & low_bytes(left);
        word.hash = mix(word.hash, block);
        word.high |= block & HIGH_BITS;
        word.second = at == BLOCK && left <= BLOCK ? block : 0;
    }
    return word;
}

/* The same where READ_AHEAD bytes may be read, however short the word is: without a branch for nearly all words, whose
 * lengths are hard to predict. */
static inline hashed hash_word_ahead(const uint8_t *bytes, size_t length) {
    if (UNLIKELY(length > READ_AHEAD))
        return hash_word(bytes, length);
    uint64_t first = load_block(bytes, BLOCK) & low_bytes(length);
    uint64_t second = load_block(bytes + BLOCK, BLOCK) & low_bytes(length > BLOCK ? length - BLOCK : 0);
    uint64_t hash = mix(0, first), longer = mix(hash, second);
    return (hashed){length > BLOCK ? longer : hash, second, (first | second) & HIGH_BITS};
}

#endif
