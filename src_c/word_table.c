/* word_table.c: an open-addressing hash table of words, its growth, merging, and the order of its words by count.
 *
 * Text is not cut here, and UTF-8 not checked.
 */
#include "word_table.h"

#include <stdlib.h> /* defines __GLIBC__ where that is the library */
#include <string.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

enum {
    FIRST_SLOTS = 1 << 14,      /* a power of two; 512 KB, soon outgrown by real text and not felt by small ones */
    FIRST_WORDS = 1 << 12,
    FIRST_ARENA = 1 << 16
};

/* Free slots, each within one cache line; NULL without memory. Their *memory is to be freed. */
static slot *new_slots(size_t count, void **memory) {
    size_t slack = sizeof(slot) - 1;
    *memory = count > (SIZE_MAX - slack) / sizeof(slot) ? NULL : calloc(count * sizeof(slot) + slack, 1);
    return (slot *)(((uintptr_t)*memory + slack) / sizeof(slot) * sizeof(slot));
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
    table->slots = new_slots(FIRST_SLOTS, &table->slot_memory);
    table->places = malloc(FIRST_WORDS * sizeof *table->places);
    table->starts = malloc((FIRST_WORDS + 1) * sizeof *table->starts);
    table->arena = malloc(FIRST_ARENA);
    if (!table->slots || !table->places || !table->starts || !table->arena) {
        fw2v_table_free(table);
        return NULL;
    }
    table->starts[0] = 0;
    return table;
}

void fw2v_table_free(fw2v_table *table) {
    if (!table)
        return;
    free(table->slot_memory);
    free(table->places);
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
    return table->slots[table->places[id]].count;
}

static int grow_slots(fw2v_table *table) {
    size_t mask = table->slot_mask * 2 + 1;
    void *memory;
    slot *slots = new_slots(mask + 1, &memory);
    if (!slots)
        return 0;
    for (size_t i = 0; i <= table->slot_mask; i++) {
        if (!table->slots[i].number)
            continue;
        size_t at = table->slots[i].hash & mask;
        while (slots[at].number)
            at = (at + 1) & mask;
        slots[at] = table->slots[i];
        table->places[slots[at].number - 1] = at;
    }
    free(table->slot_memory);
    table->slots = slots;
    table->slot_memory = memory;
    table->slot_mask = mask;
    return 1;
}

static int grow_words(fw2v_table *table) {
    size_t room = table->word_room * 2;
    size_t *places = realloc(table->places, room * sizeof *places);
    if (!places)
        return 0;
    table->places = places;
    size_t *starts = realloc(table->starts, (room + 1) * sizeof *starts);
    if (!starts)
        return 0;
    table->starts = starts;
    table->word_room = room;
    return 1;
}

fw2v_status fw2v_table_insert(fw2v_table *table, const uint8_t *bytes, size_t length, hashed word, size_t at,
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
    if ((size_t)table->size > table->slot_mask / 4 * 3) {
        if (!grow_slots(table))
            return FW2V_NO_MEMORY;
        for (at = word.hash & table->slot_mask; table->slots[at].number; )
            at = (at + 1) & table->slot_mask;
    }
    memcpy(table->arena + used, bytes, length);
    *id = table->size++;
    table->starts[table->size] = used + length;
    table->places[*id] = at;
    table->slots[at] = (slot){word.hash, word.second, count, (uint32_t)*id + 1,
                              length < UINT32_MAX ? (uint32_t)length : UINT32_MAX};
    return FW2V_DONE;
}

fw2v_status fw2v_table_add(fw2v_table *table, const uint8_t *bytes, size_t length, int64_t count, int32_t *id) {
    return count_word(table, bytes, length, hash_word(bytes, length), count, id);
}

fw2v_status fw2v_table_absorb(fw2v_table *table, const fw2v_table *other, int32_t *numbers) {
    for (int32_t i = 0; i < other->size; i++) {
        size_t length;
        const uint8_t *bytes = fw2v_table_word(other, i, &length);
        fw2v_status status = fw2v_table_add(table, bytes, length, fw2v_table_count(other, i), &numbers[i]);
        if (status != FW2V_DONE)
            return status;
    }
    return FW2V_DONE;
}

/* ---- the order of words ----------------------------------------------------------------------------------------- */

typedef struct {
    int64_t count;
    uint64_t prefix;        /* the first eight bytes, the first one highest: decides nearly every tie */
    int32_t id;
} ranked;

/* Words of one count and one prefix. */
typedef struct {
    const uint8_t *bytes;
    size_t length;
    int32_t id;
} tied;

static int compare_ranked(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->prefix > b->prefix) - (a->prefix < b->prefix);
}

static int compare_tied(const void *left, const void *right) {
    const tied *a = left, *b = right;
    int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Puts the words order[0..count) in the order of their bytes. */
static fw2v_status sort_tied(const fw2v_table *table, int32_t *order, size_t count) {
    tied *words = malloc(count * sizeof *words);
    if (!words)
        return FW2V_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        words[i].id = order[i];
        words[i].bytes = fw2v_table_word(table, order[i], &words[i].length);
    }
    qsort(words, count, sizeof *words, compare_tied);
    for (size_t i = 0; i < count; i++)
        order[i] = words[i].id;
    free(words);
    return FW2V_DONE;
}

fw2v_status fw2v_rank(const fw2v_table *table, int32_t *order) {
    size_t size = (size_t)table->size, first = 0;
    fw2v_status status = FW2V_DONE;
    if (!size)
        return FW2V_DONE;
    ranked *words = malloc(size * sizeof *words);
    if (!words)
        return FW2V_NO_MEMORY;
    for (size_t i = 0; i < size; i++) {
        size_t length;
        const uint8_t *bytes = fw2v_table_word(table, (int32_t)i, &length);
        words[i] = (ranked){fw2v_table_count(table, (int32_t)i), 0, (int32_t)i};
        for (size_t b = 0; b < BLOCK; b++)
            words[i].prefix = words[i].prefix << 8 | (b < length ? bytes[b] : 0);
    }
    qsort(words, size, sizeof *words, compare_ranked);
    for (size_t i = 0; i < size; i++)
        order[i] = words[i].id;
    for (size_t i = 1; i <= size && status == FW2V_DONE; i++) {
        if (i < size && !compare_ranked(&words[first], &words[i]))
            continue;
        if (i - first > 1)
            status = sort_tied(table, order + first, i - first);
        first = i;
    }
    free(words);
    return status;
}
