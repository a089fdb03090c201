/* agent/trust/model_floor.h - the lowest serial that a model file may have, kept in the state folder
 *
 * The floor is the highest serial that was ever in use. It keeps an older model, which may be signed
 * correctly, from coming back. There is one floor for each kind of model.
 *
 * Files:  "KIND.floor1" and "KIND.floor2" with the same 16 bytes: "NRF1", serial, complement of the
 *         serial, CRC-32 of the 12 bytes before; numbers are little-endian. Each file is replaced as a
 *         whole. They are written only when the floor rises, or when one of them has to be repaired from
 *         the other.
 * Damage: one good copy is enough. With none the floor is lost; the caller reports it. */
#ifndef NRS_MODEL_FLOOR_H
#define NRS_MODEL_FLOOR_H
#include <stdint.h>

#define NRS_MODEL_FLOOR_OLD "model.floor" /* in the spool folder, from versions before the state folder */

struct nrs_model_floor {
    uint32_t serial; /* the higher one of the good copies; 0 = there is none */
    unsigned good;   /* copies that are whole, 0..2 */
    unsigned bad;    /* copies that are there and are not whole, 0..2 */
};

/* dir: an open folder, or -1 (then there is nothing). kind: "beacon", at most 16 bytes. */
void nrs_model_floor_load(int dir, const char *kind, struct nrs_model_floor *floor);

/* Makes both copies say at least `serial`. 0, also if there was nothing to write; or a negative errno. */
int nrs_model_floor_raise(int dir, const char *kind, uint32_t serial);

/* The floor of the older format, 0 = none. */
uint32_t nrs_model_floor_load_old(int spool_dir);

#endif
