/* The look-up, hashes and texts of spellings.h. */
#include "spellings.h"

#include <stdlib.h>
#include <string.h>

/* ---- where words stand ------------------------------------------------------------------------------------------ */

typedef struct {
    uint32_t tag;   /* the high half of a hash, whose low half chooses the slot */
    uint32_t next;  /* a wanted word's place + 1; 0: the slot is free */
} place;

static inline const uint8_t *word_of(const fw2v_spellings *words, size_t i, size_t *length) {
    *length = (size_t)(words->starts[i + 1] - words->starts[i]);
    return words->bytes + words->starts[i];
}

/* The slot of a word among those of `wanted`, or the free one where it would be put. */
static inline place *find_place(place *places, size_t mask, const fw2v_spellings *wanted, const uint8_t *bytes,
                                size_t length, uint32_t *tag) {
    uint64_t hash = hash_word(bytes, length).hash;
    size_t at = hash & mask;
    *tag = (uint32_t)(hash >> 32);
    for (; places[at].next; at = (at + 1) & mask) {
        size_t other_length;
        if (places[at].tag != *tag)
            continue;
        const uint8_t *other = word_of(wanted, places[at].next - 1, &other_length);
        if (other_length == length && memcmp(other, bytes, length) == 0)
            break;
    }
    return &places[at];
}

int fw2v_find_words(const fw2v_spellings *wanted, size_t n, const fw2v_spellings *words, size_t count,
                    int32_t *numbers) {
    size_t slots = 2, length;
    uint32_t tag;
    while (slots < 2 * n)
        slots *= 2;
    place *places = calloc(slots, sizeof *places);
    if (!places)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *bytes = word_of(wanted, i, &length);
        place *found = find_place(places, slots - 1, wanted, bytes, length, &tag);
        if (!found->next)
            *found = (place){tag, (uint32_t)i + 1};
        numbers[i] = -(int32_t)found->next;
    }
    for (size_t w = 0; n && w < count; w++) {
        const uint8_t *bytes = word_of(words, w, &length);
        const place *found = find_place(places, slots - 1, wanted, bytes, length, &tag);
        if (found->next)
            numbers[found->next - 1] = (int32_t)w;
    }
    free(places);
    /* Wanted words that repeat an earlier one stand where that stands. */
    for (size_t i = 0; i < n; i++)
        if (numbers[i] < 0)
            numbers[i] = numbers[-1 - numbers[i]];
    return 1;
}

/* ---- how pairs are spelled -------------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *bytes;
    size_t length;
    size_t room;
} buffer;

static int make_space(buffer *text, size_t more) {
    if (more <= text->room - text->length)
        return 1;
    size_t room = (text->length + more) * 2;
    uint8_t *bytes = realloc(text->bytes, room);
    if (!bytes)
        return 0;
    text->bytes = bytes;
    text->room = room;
    return 1;
}

static int append_word(buffer *text, const fw2v_spellings *words, int32_t word, const uint8_t *delimiter,
                       size_t delimiter_length) {
    size_t start = (size_t)words->starts[word], length = (size_t)words->starts[word + 1] - start;
    if (!make_space(text, length + delimiter_length))
        return 0;
    if (text->length) {
        memcpy(text->bytes + text->length, delimiter, delimiter_length);
        text->length += delimiter_length;
    }
    memcpy(text->bytes + text->length, words->bytes + start, length);
    text->length += length;
    return 1;
}

/* The connectors of a node, the first one first; `path` has room for as many as there are nodes. */
static size_t connectors_of(const fw2v_middles *middles, uint32_t node, int32_t *path) {
    size_t depth = 0, at;
    for (int32_t n = (int32_t)node; n > 0; n = middles->parents[n])
        depth++;
    at = depth;
    for (int32_t n = (int32_t)node; n > 0; n = middles->parents[n])
        path[--at] = middles->words[n];
    return depth;
}

int fw2v_spelling_hashes(const fw2v_spellings *words, const fw2v_middles *middles, const uint8_t *delimiter,
                         size_t delimiter_length, const int32_t *left, const uint32_t *between, const int32_t *right,
                         size_t n, uint64_t *hashes) {
    buffer text = {NULL, 0, 0};
    int32_t *path = malloc(middles->size * sizeof *path);
    int done = path != NULL;
    for (size_t i = 0; done && i < n; i++) {
        text.length = 0;
        done = append_word(&text, words, left[i], delimiter, delimiter_length);
        if (right[i] >= 0) {
            size_t connectors = connectors_of(middles, between[i], path);
            for (size_t c = 0; done && c < connectors; c++)
                done = append_word(&text, words, path[c], delimiter, delimiter_length);
            done = done && append_word(&text, words, right[i], delimiter, delimiter_length);
        }
        if (done)
            hashes[i] = hash_word(text.bytes, text.length).hash;
    }
    free(path);
    free(text.bytes);
    return done;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

size_t fw2v_text_size(const fw2v_spellings *words, const int32_t *ids, size_t tokens) {
    size_t size = tokens;
    for (size_t i = 0; i < tokens; i++)
        size += (size_t)(words->starts[ids[i] + 1] - words->starts[ids[i]]);
    return size;
}

void fw2v_write_text(const fw2v_spellings *words, const int32_t *ids, const int64_t *ends, size_t sentences,
                     int64_t base, uint8_t *text) {
    size_t at = 0;
    for (size_t s = 0; s < sentences; s++) {
        for (size_t stop = (size_t)(ends[s] - base); at < stop; at++) {
            size_t start = (size_t)words->starts[ids[at]], length = (size_t)words->starts[ids[at] + 1] - start;
            /* Nearly all words are that short, and a copy of fixed length needs no branch on theirs. */
            if (UNLIKELY(length > FW2V_TEXT_SLACK))
                memcpy(text, words->bytes + start, length);
            else
                memcpy(text, words->bytes + start, FW2V_TEXT_SLACK);
            text += length;
            *text++ = ' ';
        }
        text[-1] = '\n';
    }
}
