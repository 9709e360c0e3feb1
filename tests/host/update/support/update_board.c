#include "update_board.h"

#include <psa/crypto.h>
#include <string.h>

#include "update_psa.h"
#include "wasm3.h"

/* The port's functions get the fake platform, which stands first in the board. */
static update_board_t *board_of(void *ctx)
{
    return ctx;
}

static int flash_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    if (partition < PLATFORM_PARTITION_APP_A) {
        return HOST_NOT_FOUND;
    }
    const bool is_pair = partition == PLATFORM_PARTITION_SLOTS || partition == CELL_OTADATA;
    const uint32_t sectors = is_pair ? CELL_LOG_SECTORS : CELL_SLOT_SECTORS;
    *out = (platform_flash_geometry_t){ CELL_SECTOR_BYTES, sectors, CELL_UNIT_BYTES };
    return HOST_OK;
}

static int flash_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    update_board_t *board = board_of(ctx);
    memcpy(dst, board->flash[partition] + offset, len);
    return board->is_cut ? HOST_IO : HOST_OK;
}

/* Returns how many of len bytes the power lasts for. */
static size_t powered(update_board_t *board, size_t len)
{
    static const unsigned eighths[CUT_KINDS] = { [CUT_CLEAN] = 8, [CUT_NOTHING] = 0, [CUT_HALF] = 4, [CUT_MOST] = 7 };
    if (board->is_cut) {
        return 0;
    }
    if (++board->operations != board->cut_at) {
        return len;
    }
    board->is_cut = true;
    return len * eighths[board->cut_kind] / 8;
}

static int flash_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    update_board_t *board = board_of(ctx);
    const size_t lasting = powered(board, len);
    uint8_t *dst = board->flash[partition] + offset;
    for (size_t i = 0; i < lasting; i++) {
        uint8_t *mark = &board->programmed[partition][(offset + i) / CELL_UNIT_BYTES];
        board->twice += *mark && i % CELL_UNIT_BYTES == 0;
        *mark = i % CELL_UNIT_BYTES == CELL_UNIT_BYTES - 1 ? 1 : *mark;
        dst[i] &= src[i];
    }
    if (lasting < len) { /* of the byte in which it failed some bits are there */
        dst[lasting] &= src[lasting] | 0x55;
        board->programmed[partition][(offset + lasting) / CELL_UNIT_BYTES] = 1;
    }
    board->is_image_verified[partition] = false;
    return board->is_cut ? HOST_IO : HOST_OK;
}

static int flash_erase(void *ctx, int partition, uint32_t sector)
{
    update_board_t *board = board_of(ctx);
    const size_t lasting = powered(board, CELL_SECTOR_BYTES);
    const size_t at = sector * CELL_SECTOR_BYTES;
    board->erases++;
    memset(board->flash[partition] + at, 0xFF, lasting);
    memset(board->programmed[partition] + at / CELL_UNIT_BYTES, 0, lasting / CELL_UNIT_BYTES);
    if (lasting < CELL_SECTOR_BYTES) {
        board->flash[partition][at + lasting] |= 0x55;
    }
    board->is_image_verified[partition] = false;
    return board->is_cut ? HOST_IO : HOST_OK;
}

static int flash_sync(void *ctx, int partition)
{
    (void)partition;
    return board_of(ctx)->is_cut ? HOST_IO : HOST_OK;
}

/* Whether the head that lies in the slot is one whose signature was found good. */
static bool is_head_good(const update_board_t *board, int partition)
{
    uint8_t digest[PACKAGE_DIGEST_BYTES];
    size_t len;
    psa_hash_compute(PSA_ALG_SHA_256, board->flash[partition] + CELL_CAPACITY, PACKAGE_SIGNED_BYTES, digest, sizeof(digest),
                     &len);
    for (int i = 0; i < CELL_GOOD_HEADS; i++) {
        if (memcmp(board->good_heads[i], digest, sizeof(digest)) == 0) {
            return true;
        }
    }
    return false;
}

static int map(void *ctx, int partition, const uint8_t **bytes)
{
    update_board_t *board = ctx;
    board->maps++;
    board->unverified_maps += !board->is_image_verified[partition] || !is_head_good(board, partition);
    board->is_mapped[partition] = true;
    *bytes = board->flash[partition];
    return board->is_cut ? HOST_IO : CELL_SLOT_SECTORS * CELL_SECTOR_BYTES;
}

static update_board_t *s_watched;

void update_board_watch(update_board_t *board)
{
    s_watched = board;
}

/* The linker puts this in the place of m3_ParseModule(), and that behind __real_: no byte of a module goes to wasm3 by another way. */
M3Result __wrap_m3_ParseModule(IM3Environment environment, IM3Module *module, const uint8_t *bytes, uint32_t len);
M3Result __real_m3_ParseModule(IM3Environment environment, IM3Module *module, const uint8_t *bytes, uint32_t len);

M3Result __wrap_m3_ParseModule(IM3Environment environment, IM3Module *module, const uint8_t *bytes, uint32_t len)
{
    for (int partition = PLATFORM_PARTITION_APP_A; s_watched && partition <= PLATFORM_PARTITION_APP_B; partition++) {
        const uint8_t *slot = s_watched->flash[partition];
        if (bytes >= slot && bytes < slot + sizeof(s_watched->flash[partition])) {
            s_watched->parses++;
            s_watched->unverified_parses += !s_watched->is_image_verified[partition] || !is_head_good(s_watched, partition);
        }
    }
    return __real_m3_ParseModule(environment, module, bytes, len);
}

static void unmap(void *ctx, int partition)
{
    board_of(ctx)->is_mapped[partition] = false;
}

static int hash_begin(void *ctx, update_algorithm_t algorithm)
{
    (void)ctx;
    return update_psa.hash_begin(NULL, algorithm);
}

static int hash_add(void *ctx, const uint8_t *src, size_t len)
{
    (void)ctx;
    return update_psa.hash_add(NULL, src, len);
}

/* A digest that a head in a slot names: that slot is verified. */
static int hash_end(void *ctx, uint8_t *dst, size_t len)
{
    update_board_t *board = ctx;
    const int status = update_psa.hash_end(NULL, dst, len);
    for (int partition = PLATFORM_PARTITION_APP_A; partition <= PLATFORM_PARTITION_APP_B; partition++) {
        const uint8_t *head = board->flash[partition] + CELL_CAPACITY;
        board->is_image_verified[partition] =
            board->is_image_verified[partition] || memcmp(head + 96, dst, PACKAGE_DIGEST_BYTES) == 0;
    }
    return status;
}

/* Thousands of lives see the same few signatures: what was found good once is not calculated again. */
static int verify_once(const uint8_t *key, const uint8_t *digest, const uint8_t *signature)
{
    enum { KNOWN = 8, PAIR_BYTES = PACKAGE_DIGEST_BYTES + PACKAGE_SIGNATURE_BYTES + PACKAGE_KEY_BYTES };
    static uint8_t s_known[KNOWN][PAIR_BYTES];
    static int s_next;
    uint8_t pair[PAIR_BYTES];
    memcpy(pair, digest, PACKAGE_DIGEST_BYTES);
    memcpy(pair + PACKAGE_DIGEST_BYTES, signature, PACKAGE_SIGNATURE_BYTES);
    memcpy(pair + PACKAGE_DIGEST_BYTES + PACKAGE_SIGNATURE_BYTES, key, PACKAGE_KEY_BYTES);
    for (int i = 0; i < KNOWN; i++) {
        if (memcmp(s_known[i], pair, sizeof(pair)) == 0) {
            return HOST_OK;
        }
    }
    const int status = update_psa.verify(NULL, key, digest, signature);
    if (status == HOST_OK) {
        memcpy(s_known[s_next++ % KNOWN], pair, sizeof(pair));
    }
    return status;
}

static int verify(void *ctx, const uint8_t key[PACKAGE_KEY_BYTES], const uint8_t digest[PACKAGE_DIGEST_BYTES],
                  const uint8_t signature[PACKAGE_SIGNATURE_BYTES])
{
    update_board_t *board = ctx;
    const int status = verify_once(key, digest, signature);
    if (status == HOST_OK) {
        memcpy(board->good_heads[board->verifications++ % CELL_GOOD_HEADS], digest, PACKAGE_DIGEST_BYTES);
    }
    return status;
}

static void connect(update_board_t *board)
{
    board->fake.port.flash = (platform_flash_t){ board, flash_geometry, flash_read, flash_program, flash_erase, flash_sync };
    board->port = (update_port_t){
        .map = { board, map, unmap },
        .crypto = { board, hash_begin, hash_add, hash_end, verify },
    };
}

void update_board_init(update_board_t *board)
{
    memset(board, 0, sizeof(*board));
    memset(board->flash, 0xFF, sizeof(board->flash));
    fake_platform_init(&board->fake);
    connect(board);
}

void update_board_power_on(update_board_t *board, int reset_reason)
{
    board->is_cut = false;
    board->cut_at = 0;
    board->fake.reset_reason = reset_reason;
    board->fake.log[0] = '\0';
    memset(board->is_image_verified, 0, sizeof(board->is_image_verified));
    memset(board->is_mapped, 0, sizeof(board->is_mapped));
    memset(board->good_heads, 0, sizeof(board->good_heads));
}
