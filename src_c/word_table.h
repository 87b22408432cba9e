/* word_table.h: the inside of the tokenizer's table, for the two files that share it: tokenizer.c counts words with it,
 * word_table.c grows, merges and ranks it. Callers read tokenizer.h, which declares the rest.
 */
#ifndef FW2V_WORD_TABLE_H
#define FW2V_WORD_TABLE_H

#include <stdlib.h>

#include "tokenizer.h"
#include "word_bytes.h"

/* Half a cache line, so that a word met again costs the memory of one line at most. */
typedef struct {
    uint64_t hash;      /* this and `second` as word_bytes.h's hashed */
    uint64_t second;
    int64_t count;
    uint32_t number;    /* id + 1; 0: the slot is free */
    uint32_t length;    /* the word's length, or UINT32_MAX where it is that or more */
} slot;

struct fw2v_table {
    slot *slots;        /* slot_mask + 1 of them, at most three quarters of them taken */
    void *slot_memory;
    size_t slot_mask;
    size_t *places;     /* word_room of them: in which slot a word is */
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
static inline void *grow(void *memory, size_t *room, size_t need, size_t item) {
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

/* Puts a word that the table does not hold into the slot where its search ended. */
fw2v_status fw2v_table_insert(fw2v_table *table, const uint8_t *bytes, size_t length, hashed word, size_t at,
                              int64_t count, int32_t *id);

/* Adds `count` to a word; see fw2v_table_add. In the header because every word of a text passes here. */
static inline fw2v_status count_word(fw2v_table *table, const uint8_t *bytes, size_t length, hashed word, int64_t count,
                                     int32_t *id) {
    uint32_t short_length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    size_t at = word.hash & table->slot_mask;
    for (; table->slots[at].number; at = (at + 1) & table->slot_mask) {
        slot *candidate = &table->slots[at];
        if ((candidate->hash ^ word.hash) | (candidate->second ^ word.second) | (candidate->length ^ short_length))
            continue;
        int32_t found = (int32_t)(candidate->number - 1);
        if (UNLIKELY(length > READ_AHEAD)) {
            size_t start = table->starts[found];
            if (table->starts[found + 1] - start != length || memcmp(table->arena + start, bytes, length) != 0)
                continue;
        }
        candidate->count += count;
        *id = found;
        return FW2V_DONE;
    }
    return fw2v_table_insert(table, bytes, length, word, at, count, id);
}

#endif
