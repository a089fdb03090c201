/* keygen, sign, verify, and bump, which takes a signature away */
#include <errno.h>
#include <getopt.h>
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "models/base/error.h"
#include "models/base/hex.h"
#include "tools/model/commands.h"
#include "tools/model/outfile.h"
#include "tools/model/signkey.h"

/* The value of the one option of a subcommand; NULL (and said so) without it. */
static const char *only_option(int argc, char **argv, const char *letter, const char *name)
{
    const struct option options[] = {{name, required_argument, NULL, 1}, {0}};
    const char *value = NULL;
    int c;

    while ((c = getopt_long(argc, argv, letter, options, NULL)) != -1) {
        if (c == '?') {
            nrs_cmd_bad_option(argv);
            return NULL;
        }
        value = optarg;
    }
    if (value == NULL)
        nrs_cmd_fail(NRS_CMD_USAGE, argv[0], "an option is missing; see noroshi-model --help");
    return value;
}

#define ID_TEXT 17 /* a key id in hex, with NUL */

static const char *hex_of(const uint8_t id[8], char text[ID_TEXT])
{
    nrs_hex_write(text, id, 8);
    return text;
}

static void print_id(struct nrs_signkey *k, const char *path)
{
    struct nrs_why why;
    char text[ID_TEXT];
    uint8_t id[8];

    if (nrs_signkey_id(k, id, &why) == 0)
        printf("%s: key id %s\n", path, hex_of(id, text));
}

/* "a.pem" to "a.pub.pem", else ".pub.pem" appended. */
static int public_path(const char *path, char *out, size_t cap)
{
    size_t len = strlen(path);

    if (len > 4 && strcmp(path + len - 4, ".pem") == 0)
        len -= 4;
    return snprintf(out, cap, "%.*s.pub.pem", (int)len, path) < (int)cap ? 0 : NRS_ERR_LIMIT;
}

static int write_pair(struct nrs_signkey *k, const char *path, struct nrs_why *why)
{
    char private_pem[NRS_SIGNKEY_PEM_MAX], public_pem[NRS_SIGNKEY_PEM_MAX], beside[4096];
    int rc = nrs_signkey_write(k, private_pem, public_pem, why);

    if (rc == 0 && public_path(path, beside, sizeof beside) != 0)
        rc = nrs_why(why, NRS_ERR_LIMIT, "name too long");
    if (rc == 0)
        rc = nrs_outfile_create(path, private_pem, strlen(private_pem), 0600, why);
    if (rc == 0)
        rc = nrs_outfile_replace(beside, public_pem, strlen(public_pem), 0644, why);
    mbedtls_platform_zeroize(private_pem, sizeof private_pem);
    return rc;
}

int nrs_cmd_keygen(int argc, char **argv)
{
    const char *path = only_option(argc, argv, "o:", "output");
    struct nrs_why why;
    struct nrs_signkey k;
    int rc;

    if (path == NULL)
        return NRS_CMD_USAGE;
    if (optind != argc)
        return nrs_cmd_fail(NRS_CMD_USAGE, argv[optind], "not expected");
    nrs_signkey_init(&k);
    rc = nrs_signkey_make(&k, &why);
    if (rc == 0)
        rc = write_pair(&k, path, &why);
    if (rc == 0)
        print_id(&k, path);
    nrs_signkey_done(&k);
    return rc ? nrs_cmd_fail(NRS_CMD_USAGE, path, why.text) : NRS_CMD_OK;
}

/* A private key that others can read is no longer one. */
static int check_private(const char *path, struct nrs_why *why)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(errno));
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return nrs_why(why, NRS_ERR_RANGE,
                       "key: open to others (mode %04o); it has to be 0600 or stricter",
                       (unsigned)st.st_mode & 07777);
    return 0;
}

static int load_key(struct nrs_signkey *k, const char *path, bool private, struct nrs_why *why)
{
    char pem[4096];
    size_t len;
    int rc = private ? check_private(path, why) : 0;

    if (rc == 0)
        rc = nrs_cmd_load(path, pem, sizeof pem, &len, why);
    if (rc == 0)
        rc = private ? nrs_signkey_private(k, pem, why) : nrs_signkey_public(k, pem, why);
    mbedtls_platform_zeroize(pem, sizeof pem);
    return rc;
}

static int sign(struct nrs_signkey *k, struct nrs_nrm *f, struct nrs_why *why)
{
    uint8_t id[8], digest[32], signature[64];
    int rc = nrs_signkey_id(k, id, why);

    if (rc)
        return rc;
    nrs_nrm_set_key_id(f, id, digest);
    rc = nrs_signkey_sign(k, digest, signature, why);
    if (rc == 0)
        nrs_nrm_set_signature(f, signature);
    return rc;
}

/* What sign and verify are given: a model file, and a key. */
struct named {
    const char *path;
    struct nrs_nrm file;
    struct nrs_model_envelope envelope;
    struct nrs_signkey key; /* nrs_signkey_done, whatever open_named returns */
};

/* Returns an exit code: which of them is at fault is said here. */
static int open_named(struct named *n, const char *option, bool private, int argc, char **argv)
{
    const char *key_path = only_option(argc, argv, "", option);
    struct nrs_why why;
    int exit_code;

    nrs_signkey_init(&n->key);
    n->path = key_path ? nrs_cmd_only_file(argc, argv) : NULL;
    if (n->path == NULL)
        return NRS_CMD_USAGE;
    exit_code = nrs_cmd_open(n->path, &n->file, &n->envelope);
    if (exit_code == NRS_CMD_OK && load_key(&n->key, key_path, private, &why) != 0)
        exit_code = nrs_cmd_fail(NRS_CMD_USAGE, key_path, why.text);
    return exit_code;
}

int nrs_cmd_sign(int argc, char **argv)
{
    static struct named n;
    struct nrs_why why;
    int exit_code = open_named(&n, "key", true, argc, argv);

    if (exit_code == NRS_CMD_OK && sign(&n.key, &n.file, &why) != 0)
        exit_code = nrs_cmd_fail(NRS_CMD_USAGE, n.path, why.text);
    if (exit_code == NRS_CMD_OK)
        exit_code = nrs_cmd_save(n.path, &n.file);
    if (exit_code == NRS_CMD_OK)
        print_id(&n.key, n.path);
    nrs_signkey_done(&n.key);
    return exit_code;
}

static int check_signature(struct nrs_signkey *k, const struct nrs_model_envelope *e, struct nrs_why *why)
{
    static const uint8_t none[8] = {0};
    char signer[ID_TEXT], own[ID_TEXT];
    uint8_t id[8];
    int rc = nrs_signkey_id(k, id, why);

    if (rc == 0 && memcmp(none, e->key_id, sizeof none) == 0)
        rc = nrs_why(why, NRS_ERR_SIGNATURE, "signature: none");
    else if (rc == 0 && memcmp(id, e->key_id, sizeof id) != 0)
        rc = nrs_why(why, NRS_ERR_SIGNATURE, "signature: by key %s, not by %s",
                     hex_of(e->key_id, signer), hex_of(id, own));
    return rc ? rc : nrs_signkey_verify(k, e->digest, e->signature, why);
}

int nrs_cmd_verify(int argc, char **argv)
{
    static struct named n;
    struct nrs_why why;
    int exit_code = open_named(&n, "pub", false, argc, argv);

    if (exit_code == NRS_CMD_OK && check_signature(&n.key, &n.envelope, &why) != 0)
        exit_code = nrs_cmd_fail(NRS_CMD_NO, n.path, why.text);
    if (exit_code == NRS_CMD_OK)
        print_id(&n.key, n.path);
    nrs_signkey_done(&n.key);
    return exit_code;
}

int nrs_cmd_bump(int argc, char **argv)
{
    const char *text = only_option(argc, argv, "", "serial");
    const char *path = text ? nrs_cmd_only_file(argc, argv) : NULL;
    struct nrs_model_envelope e;
    static struct nrs_nrm f;
    uint32_t serial;
    int rc;

    if (path == NULL)
        return NRS_CMD_USAGE;
    if (nrs_cmd_number(text, UINT32_MAX, &serial) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, text, "not a serial");
    rc = nrs_cmd_open(path, &f, &e);
    if (rc)
        return rc;
    nrs_nrm_set_serial(&f, serial);
    nrs_nrm_seal(&f);
    return nrs_cmd_save(path, &f);
}
