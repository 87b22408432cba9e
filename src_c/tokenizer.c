/* The tokenizer of tokenizer.h: a scanner that reads eight bytes at a time, a check of UTF-8 for words that are not
 * plain ASCII, and an open-addressing hash table.
 *
 * No file, no thread, no Python, and no instruction set of one machine: the eight bytes are those of a uint64_t.
 */
#include "tokenizer.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#define UNLIKELY(condition) (condition)
#else
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#endif

enum {
    BLOCK = 8,                  /* bytes looked at in one step */
    FIRST_SLOTS = 1 << 14,      /* a power of two; 256 KB, soon outgrown by real text and not felt by small ones */
    FIRST_WORDS = 1 << 12,
    FIRST_ARENA = 1 << 16
};

/* One byte value in each of the eight bytes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH_BITS EACH(0x80)

static const uint8_t REPLACEMENT[3] = {0xEF, 0xBF, 0xBD};   /* U+FFFD */

/* ---- words as bytes --------------------------------------------------------------------------------------------- */

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
static uint64_t hash_word(const uint8_t *bytes, size_t length) {
    uint64_t hash = 0;
    for (; length >= BLOCK; bytes += BLOCK, length -= BLOCK)
        hash = mix(hash, load_block(bytes, BLOCK));
    if (length)
        hash = mix(hash, load_block(bytes, length) & ~UINT64_C(0) >> (64 - 8 * length));
    return hash;
}

size_t fw2v_word_end(const uint8_t *text, size_t from, size_t to) {
    while (from < to) {
        uint64_t spaces = space_bits(load_block(text + from, to - from));
        if (spaces)
            return from + first_byte(spaces);
        from += BLOCK;
    }
    return to;
}

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------ */

static inline int is_continuation(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

/* The length of the character at bytes[0..left), left > 0, whose first byte is not ASCII; 0 if it is not valid, and
 * then *bad is the length of the maximal part that could have begun a character (at least 1). The range of the second
 * byte shuts out overlong forms, surrogates, and what is past U+10FFFF. */
static size_t character_length(const uint8_t *bytes, size_t left, size_t *bad) {
    uint8_t lead = bytes[0], low = 0x80, high = 0xBF;
    size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    *bad = 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (left < 2 || bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (i >= left || !is_continuation(bytes[i])) {
            *bad = i;
            return 0;
        }
    return length;
}

/* Where the first character of bytes[from..length) that is not UTF-8 stands, with its *bad; `length` if there is none. */
static size_t first_invalid(const uint8_t *bytes, size_t from, size_t length, size_t *bad) {
    while (from < length) {
        if (bytes[from] < 0x80) {
            from++;
        } else {
            size_t step = character_length(bytes + from, length - from, bad);
            if (!step)
                return from;
            from += step;
        }
    }
    return length;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t hash;
    uint32_t number;    /* id + 1; 0: the slot is free */
    uint32_t length;    /* the word's length, or UINT32_MAX where it is that or more */
} slot;

struct fw2v_table {
    slot *slots;        /* slot_mask + 1 of them, at most half of them taken */
    size_t slot_mask;
    int64_t *counts;    /* word_room of them */
    size_t *starts;     /* word_room + 1: word i is arena[starts[i]..starts[i + 1]) */
    size_t word_room;
    uint8_t *arena;
    size_t arena_room;
    uint8_t *repaired;  /* a word with its bad bytes replaced */
    size_t repaired_room;
    int32_t size;
    int32_t max_words;
    int replace;
};

/* `memory` with room for `need` > 0 items of `item` bytes, at least doubled when it moves; *room follows. NULL without
 * memory: then nothing changed. */
static void *grow(void *memory, size_t *room, size_t need, size_t item) {
    size_t wanted = *room > SIZE_MAX / 2 ? SIZE_MAX : *room * 2;
    if (need <= *room)
        return memory;
    if (wanted < need)
        wanted = need;
    if (wanted > SIZE_MAX / item)
        return NULL;
    memory = realloc(memory, wanted * item);
    if (memory)
        *room = wanted;
    return memory;
}

fw2v_table *fw2v_table_new(int replace, int32_t max_words) {
    fw2v_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->replace = replace;
    table->max_words = max_words;
    table->slot_mask = FIRST_SLOTS - 1;
    table->word_room = FIRST_WORDS;
    table->arena_room = FIRST_ARENA;
    table->slots = calloc(FIRST_SLOTS, sizeof *table->slots);
    table->counts = malloc(FIRST_WORDS * sizeof *table->counts);
    table->starts = malloc((FIRST_WORDS + 1) * sizeof *table->starts);
    table->arena = malloc(FIRST_ARENA);
    if (!table->slots || !table->counts || !table->starts || !table->arena) {
        fw2v_table_free(table);
        return NULL;
    }
    table->starts[0] = 0;
    return table;
}

void fw2v_table_free(fw2v_table *table) {
    if (!table)
        return;
    free(table->slots);
    free(table->counts);
    free(table->starts);
    free(table->arena);
    free(table->repaired);
    free(table);
#if defined(__GLIBC__)
    malloc_trim(0); /* many words make a large table, whose memory the matrices need next */
#endif
}

int32_t fw2v_table_size(const fw2v_table *table) {
    return table->size;
}

const uint8_t *fw2v_table_word(const fw2v_table *table, int32_t id, size_t *length) {
    *length = table->starts[id + 1] - table->starts[id];
    return table->arena + table->starts[id];
}

int64_t fw2v_table_count(const fw2v_table *table, int32_t id) {
    return table->counts[id];
}

static int grow_slots(fw2v_table *table) {
    size_t mask = table->slot_mask * 2 + 1;
    slot *slots = calloc(mask + 1, sizeof *slots);
    if (!slots)
        return 0;
    for (size_t i = 0; i <= table->slot_mask; i++) {
        if (!table->slots[i].number)
            continue;
        size_t at = table->slots[i].hash & mask;
        while (slots[at].number)
            at = (at + 1) & mask;
        slots[at] = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->slot_mask = mask;
    return 1;
}

static int grow_words(fw2v_table *table) {
    size_t room = table->word_room * 2;
    int64_t *counts = realloc(table->counts, room * sizeof *counts);
    if (!counts)
        return 0;
    table->counts = counts;
    size_t *starts = realloc(table->starts, (room + 1) * sizeof *starts);
    if (!starts)
        return 0;
    table->starts = starts;
    table->word_room = room;
    return 1;
}

/* Puts a word that the table does not hold into the slot where its search ended. */
static fw2v_status insert(fw2v_table *table, const uint8_t *bytes, size_t length, uint64_t hash, size_t at,
                          int64_t count, int32_t *id) {
    size_t used = table->starts[table->size];
    if (table->size >= table->max_words)
        return FW2V_TOO_MANY;
    if ((size_t)table->size == table->word_room && !grow_words(table))
        return FW2V_NO_MEMORY;
    if (length > SIZE_MAX - used)
        return FW2V_NO_MEMORY;
    uint8_t *arena = grow(table->arena, &table->arena_room, used + length, 1);
    if (!arena)
        return FW2V_NO_MEMORY;
    table->arena = arena;
    if ((size_t)table->size * 2 > table->slot_mask) {
        if (!grow_slots(table))
            return FW2V_NO_MEMORY;
        for (at = hash & table->slot_mask; table->slots[at].number; )
            at = (at + 1) & table->slot_mask;
    }
    memcpy(table->arena + used, bytes, length);
    *id = table->size++;
    table->starts[table->size] = used + length;
    table->counts[*id] = count;
    table->slots[at] = (slot){hash, (uint32_t)*id + 1, length < UINT32_MAX ? (uint32_t)length : UINT32_MAX};
    return FW2V_DONE;
}

static inline fw2v_status count_word(fw2v_table *table, const uint8_t *bytes, size_t length, uint64_t hash,
                                     int64_t count, int32_t *id) {
    uint32_t short_length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    size_t at = hash & table->slot_mask;
    for (; table->slots[at].number; at = (at + 1) & table->slot_mask) {
        const slot *candidate = &table->slots[at];
        if (candidate->hash != hash || candidate->length != short_length)
            continue;
        int32_t found = (int32_t)(candidate->number - 1);
        if (length > BLOCK) {
            size_t start = table->starts[found];
            if (table->starts[found + 1] - start != length || memcmp(table->arena + start, bytes, length) != 0)
                continue;
        }
        table->counts[found] += count;
        *id = found;
        return FW2V_DONE;
    }
    return insert(table, bytes, length, hash, at, count, id);
}

fw2v_status fw2v_table_add(fw2v_table *table, const uint8_t *bytes, size_t length, int64_t count, int32_t *id) {
    return count_word(table, bytes, length, hash_word(bytes, length), count, id);
}

fw2v_status fw2v_table_absorb(fw2v_table *table, const fw2v_table *other, int32_t *numbers) {
    for (int32_t i = 0; i < other->size; i++) {
        size_t length;
        const uint8_t *bytes = fw2v_table_word(other, i, &length);
        fw2v_status status = fw2v_table_add(table, bytes, length, other->counts[i], &numbers[i]);
        if (status != FW2V_DONE)
            return status;
    }
    return FW2V_DONE;
}

/* ---- the order of words ----------------------------------------------------------------------------------------- */

typedef struct {
    int64_t count;
    uint64_t prefix;        /* the first eight bytes, the first one highest: decides nearly every tie */
    const uint8_t *bytes;
    size_t length;
    int32_t id;
} ranked;

static int compare_ranked(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

fw2v_status fw2v_rank(const fw2v_table *table, int64_t min_count, size_t max_vocab, int32_t *order, size_t *kept) {
    size_t frequent = 0, next = 0;
    for (int32_t i = 0; i < table->size; i++)
        frequent += table->counts[i] >= min_count;
    *kept = frequent < max_vocab ? frequent : max_vocab;
    if (!frequent)
        return FW2V_DONE;
    ranked *words = malloc(frequent * sizeof *words);
    if (!words)
        return FW2V_NO_MEMORY;
    for (int32_t i = 0; i < table->size; i++) {
        if (table->counts[i] < min_count)
            continue;
        ranked *word = &words[next++];
        word->bytes = fw2v_table_word(table, i, &word->length);
        word->count = table->counts[i];
        word->id = i;
        word->prefix = 0;
        for (size_t b = 0; b < BLOCK; b++)
            word->prefix = word->prefix << 8 | (b < word->length ? word->bytes[b] : 0);
    }
    qsort(words, frequent, sizeof *words, compare_ranked);
    for (size_t i = 0; i < *kept; i++)
        order[i] = words[i].id;
    free(words);
    return FW2V_DONE;
}

/* ---- text to segments ------------------------------------------------------------------------------------------- */

/* Room for `tokens` more words and one sentence end after each, before them, and at the end of a file. */
static int reserve(fw2v_segment *segment, size_t tokens) {
    /* Sentence ends count words in 32 bits. */
    if (tokens > INT32_MAX - segment->tokens)
        return 0;
    int32_t *ids = grow(segment->ids, &segment->token_room, segment->tokens + tokens + 1, sizeof *ids);
    if (!ids)
        return 0;
    segment->ids = ids;
    int32_t *ends = grow(segment->ends, &segment->line_room, segment->lines + tokens + 2, sizeof *ends);
    if (!ends)
        return 0;
    segment->ends = ends;
    return 1;
}

static inline void end_sentence(fw2v_segment *segment, size_t tokens) {
    int32_t end = (int32_t)tokens;
    if (segment->lines == 0 || segment->ends[segment->lines - 1] != end)
        segment->ends[segment->lines++] = end;
}

fw2v_status fw2v_end_sentence(fw2v_segment *segment) {
    if (!reserve(segment, 0))
        return FW2V_NO_MEMORY;
    end_sentence(segment, segment->tokens);
    return FW2V_DONE;
}

void fw2v_segment_free(fw2v_segment *segment) {
    free(segment->ids);
    free(segment->ends);
    memset(segment, 0, sizeof *segment);
}

/* Counts bytes[0..length), which is not UTF-8 from `start` on, with each bad part replaced. */
static fw2v_status count_repaired(fw2v_table *table, const uint8_t *bytes, size_t length, size_t start, size_t bad,
                                  int32_t *id) {
    size_t from = 0, used = 0;
    /* At worst every byte becomes a replacement character. */
    if (length > SIZE_MAX / sizeof REPLACEMENT)
        return FW2V_NO_MEMORY;
    uint8_t *repaired = grow(table->repaired, &table->repaired_room, length * sizeof REPLACEMENT, 1);
    if (!repaired)
        return FW2V_NO_MEMORY;
    table->repaired = repaired;
    for (;;) {
        memcpy(repaired + used, bytes + from, start - from);
        used += start - from;
        if (start == length)
            return fw2v_table_add(table, repaired, used, 1, id);
        memcpy(repaired + used, REPLACEMENT, sizeof REPLACEMENT);
        used += sizeof REPLACEMENT;
        from = start + bad;
        start = first_invalid(bytes, from, length, &bad);
    }
}

fw2v_status fw2v_feed(fw2v_table *table, fw2v_segment *segment, const uint8_t *text, size_t begin, size_t limit,
                      size_t end, int at_end, size_t *position) {
    fw2v_status status = FW2V_DONE;
    size_t at = begin, tokens;
    if (begin >= limit)
        return FW2V_DONE;
    /* Two words have white space between them. */
    if (!reserve(segment, (limit - begin) / 2 + 1))
        return FW2V_NO_MEMORY;
    tokens = segment->tokens;
    while (at < limit) {
        if (is_space(text[at])) {
            if (text[at] == '\n')
                end_sentence(segment, tokens);
            at++;
            continue;
        }
        scanned word = scan_word(text + at, end - at);
        if (UNLIKELY(at + word.length == end && !at_end)) {
            *position = at;
            status = FW2V_MORE;
            break;
        }
        size_t bad, start = word.length;
        if (UNLIKELY(word.high))
            start = first_invalid(text + at, 0, word.length, &bad);
        if (UNLIKELY(start < word.length)) {
            if (!table->replace) {
                *position = at + start;
                status = FW2V_INVALID;
                break;
            }
            status = count_repaired(table, text + at, word.length, start, bad, &segment->ids[tokens]);
        } else {
            status = count_word(table, text + at, word.length, word.hash, 1, &segment->ids[tokens]);
        }
        if (UNLIKELY(status != FW2V_DONE))
            break;
        tokens++;
        at += word.length;
    }
    segment->tokens = tokens;
    return status;
}

size_t fw2v_renumber(int32_t *ids, size_t tokens, int32_t *ends, size_t *lines, const int32_t *numbers) {
    size_t kept = 0, kept_lines = 0, at = 0;
    for (size_t line = 0; line <= *lines; line++) {
        /* What follows the last end is a sentence that the next segment goes on with. */
        size_t stop = line < *lines ? (size_t)ends[line] : tokens;
        for (; at < stop; at++) {
            int32_t number = numbers[ids[at]];
            ids[kept] = number;
            kept += number >= 0;
        }
        if (line < *lines && (kept_lines == 0 || ends[kept_lines - 1] != (int32_t)kept))
            ends[kept_lines++] = (int32_t)kept;
    }
    *lines = kept_lines;
    return kept;
}
