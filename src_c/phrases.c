/* The pairs, phrases and spellings of phrases.h. */
#include "phrases.h"

#include <stdlib.h>
#include <string.h>

/* ---- what stands between ---------------------------------------------------------------------------------------- */

enum { FIRST_NODES = 64 };

int fw2v_middles_init(fw2v_middles *middles) {
    memset(middles, 0, sizeof *middles);
    middles->parents = malloc(FIRST_NODES * sizeof *middles->parents);
    middles->words = malloc(FIRST_NODES * sizeof *middles->words);
    if (!middles->parents || !middles->words || !fw2v_pairs_init(&middles->children, 0)) {
        fw2v_middles_free(middles);
        return 0;
    }
    middles->parents[0] = middles->words[0] = -1;
    middles->size = 1;
    middles->room = FIRST_NODES;
    return 1;
}

void fw2v_middles_free(fw2v_middles *middles) {
    fw2v_pairs_free(&middles->children);
    free(middles->parents);
    free(middles->words);
    memset(middles, 0, sizeof *middles);
}

static int make_node_room(fw2v_middles *middles) {
    if (middles->size < middles->room)
        return 1;
    if (middles->room > INT32_MAX / 2)
        return 0;
    size_t room = middles->room * 2;
    int32_t *parents = realloc(middles->parents, room * sizeof *parents);
    if (!parents)
        return 0;
    middles->parents = parents;
    int32_t *words = realloc(middles->words, room * sizeof *words);
    if (!words)
        return 0;
    middles->words = words;
    middles->room = room;
    return 1;
}

int32_t fw2v_middles_find(const fw2v_middles *middles, int32_t parent, int32_t connector) {
    return (int32_t)fw2v_pair_count(&middles->children, fw2v_pair_key(parent, connector), 0);
}

int32_t fw2v_middles_node(fw2v_middles *middles, int32_t parent, int32_t connector) {
    uint64_t key = fw2v_pair_key(parent, connector);
    int32_t known = fw2v_middles_find(middles, parent, connector);
    int64_t number = (int64_t)middles->size;
    if (known)
        return known;
    if (!make_node_room(middles) || !fw2v_pairs_add(&middles->children, &key, NULL, &number, 1))
        return -1;
    middles->parents[number] = parent;
    middles->words[number] = connector;
    middles->size++;
    return (int32_t)number;
}

/* ---- pairs of a text -------------------------------------------------------------------------------------------- */

int fw2v_ids_below(const int32_t *ids, size_t tokens, int32_t words) {
    uint32_t highest = 0;
    for (size_t i = 0; i < tokens; i++)
        highest = (uint32_t)ids[i] > highest ? (uint32_t)ids[i] : highest;
    return tokens == 0 || highest < (uint32_t)words;
}

size_t fw2v_neighbours(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base, uint64_t *keys) {
    size_t at = 0, found = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        for (size_t i = at + 1; i < stop; i++)
            keys[found++] = fw2v_pair_key(ids[i - 1], ids[i]);
        at = stop;
    }
    return found;
}

size_t fw2v_neighbours_over(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                            const uint8_t *is_connector, fw2v_middles *middles, uint64_t *keys, uint32_t *between) {
    size_t at = 0, found = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        int32_t left = -1, middle = 0;
        for (; at < stop; at++) {
            int32_t word = ids[at];
            if (!is_connector[word]) {
                if (left >= 0) {
                    keys[found] = fw2v_pair_key(left, word);
                    between[found++] = (uint32_t)middle;
                }
                left = word;
                middle = 0;
            } else if (left >= 0) {
                middle = fw2v_middles_node(middles, middle, word);
                if (UNLIKELY(middle < 0))
                    return SIZE_MAX;
            }
        }
    }
    return found;
}

void fw2v_partition(const uint64_t *keys, const uint32_t *between, const uint32_t *numbers, size_t n,
                    const int64_t *counts, unsigned bits, uint64_t *out_keys, uint32_t *out_between,
                    int64_t *out_counts, size_t *starts) {
    size_t parts = (size_t)1 << bits;
    unsigned shift = 64 - bits;
    memset(starts, 0, (parts + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[(fw2v_pair_hash(keys[i], between ? numbers[between[i]] : 0) >> shift) + 1]++;
    for (size_t p = 0; p < parts; p++)
        starts[p + 1] += starts[p];
    for (size_t i = 0; i < n; i++) {
        uint32_t middle = between ? numbers[between[i]] : 0;
        size_t to = starts[fw2v_pair_hash(keys[i], middle) >> shift]++;
        out_keys[to] = keys[i];
        if (between)
            out_between[to] = middle;
        if (counts)
            out_counts[to] = counts[i];
    }
    /* Each start has moved to where its part ends. */
    memmove(starts + 1, starts, parts * sizeof *starts);
    starts[0] = 0;
}

/* ---- phrases become numbers ------------------------------------------------------------------------------------- */

size_t fw2v_join(const fw2v_phrases *phrases, const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                 int32_t *out, int64_t *out_ends) {
    const uint8_t *roles = phrases->roles;
    size_t at = 0, written = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        /* ids[begun..at) are not written yet: a word that may begin a phrase, and connectors behind it. */
        size_t begun = at;
        int32_t left = -1;
        int32_t middle = 0;     /* -1: no phrase has these connectors */
        for (; at < stop; at++) {
            int32_t word = ids[at];
            uint8_t role = roles[word];
            if (role & FW2V_CONNECTOR) {
                if (left >= 0 && middle >= 0) {
                    middle = fw2v_middles_find(phrases->middles, middle, word);
                    middle = middle ? middle : -1;
                }
                continue;
            }
            if (left >= 0 && middle >= 0 && role & FW2V_RIGHT) {
                int64_t number = fw2v_pair_count(phrases->numbers, fw2v_pair_key(left, word), (uint32_t)middle);
                if (number) {
                    out[written++] = (int32_t)(number - 1);
                    begun = at + 1;
                    left = -1;
                    continue;
                }
            }
            for (; begun < at; begun++)
                out[written++] = ids[begun];
            left = role & FW2V_LEFT ? word : -1;
            middle = 0;
        }
        for (; begun < stop; begun++)
            out[written++] = ids[begun];
        out_ends[s] = (int64_t)written;
    }
    return written;
}

/* ---- spellings -------------------------------------------------------------------------------------------------- */

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
