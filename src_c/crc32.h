/* crc32.h: the CRC-32 of gzip and zlib, a byte at a time. Files store it of words: it must never change. */
#ifndef FW2V_CRC32_H
#define FW2V_CRC32_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t of_byte[256];
} crc32_table;

static inline void crc32_begin(crc32_table *table) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int bit = 0; bit < 8; bit++)
            rest = rest >> 1 ^ (rest & 1 ? UINT32_C(0xEDB88320) : 0);
        table->of_byte[byte] = rest;
    }
}

static inline uint32_t crc32_of(const crc32_table *table, const uint8_t *bytes, size_t length) {
    uint32_t rest = UINT32_MAX;
    for (size_t i = 0; i < length; i++)
        rest = rest >> 8 ^ table->of_byte[(rest ^ bytes[i]) & 0xFF];
    return ~rest;
}

#endif
