/* agent/scanner/scanner.h - agent/scan with files, a model and a hash: what `noroshi scan` and a watching
 * agent need
 *
 * Memory: about 90 KiB, the caller's, most of it the two places for models. Nothing allocates. */
#ifndef NRS_SCANNER_H
#define NRS_SCANNER_H
#include "agent/config/config.h"
#include "agent/trust/slots.h"
#include "agent/scan/scan.h"

struct nrs_scanner {
    struct nrs_scan scan;
    struct nrs_scan_facts facts;   /* of the last file */
    struct nrs_scan_result result;
    struct nrs_model_place place;     /* a model from a file; slot A of the kind that it is of */
    struct nrs_slots slots[2];        /* the models for ELF and for PE; none in use: rules alone */
};

/* The compiled-in models; a build without one judges by rules alone. NRS_ERR_*: a model of this build is
 * broken. */
int nrs_scanner_open(struct nrs_scanner *s, struct nrs_why *why);

/* A model from a file instead: verified with model.keys of the configuration, not older than the compiled-in
 * one. */
int nrs_scanner_use(struct nrs_scanner *s, const struct nrs_config *c, const char *path, struct nrs_why *why);

/* No model: the rules judge alone. */
void nrs_scanner_use_none(struct nrs_scanner *s);

/* Looks at an open file of `size` bytes and judges it; facts and result hold until the next one. *shrank: it
 * ended early, or could not be read to the end. NRS_ERR_IO: nothing could be read of it. */
int nrs_scanner_file(struct nrs_scanner *s, int fd, uint64_t size, bool *shrank);

/* SHA-256 of the whole file. NRS_ERR_IO. */
int nrs_scanner_hash(int fd, uint8_t sha256[32]);

#endif
