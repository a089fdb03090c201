/* Envelope, loader, scorer, explainer and calibration on any bytes. The schema hash is set right, or nothing
 * would get past it; the kind byte stays the input's: 3 is read as a packer model of a schema with bytes. */
#include "tests/model_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void use(const struct nrs_model *m)
{
    static const uint16_t vectors[3][FX_VECTOR] = {
        {0}, {65535, 65535, 65535, 65535, 256, 256, 256}, {300, 100, 9, 1, 0x31, 0xed, 0x49, 0x89, 0xd1, 0x5e, 256, 256, 0x31, 0xed}};

    for (unsigned v = 0; v < 3; v++) {
        int32_t sums[NRS_MODEL_OUTPUTS_MAX], parts[NRS_MODEL_TERMS_MAX];

        nrs_model_sums(m, vectors[v], sums);
        for (unsigned o = 0; o < m->n_outputs; o++) {
            nrs_model_explain(m, o, vectors[v], parts);
            (void)nrs_model_risk(m, nrs_model_mlogit(m, o, sums[o]));
        }
    }
    for (unsigned t = 0; t < m->n_terms; t++) {
        char name[32];

        nrs_model_term_name(m, t, name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct nrs_model m;
    struct nrs_model_envelope e;
    const struct nrs_schema *schema;
    const char *place;

    if (nrs_model_envelope_read(&e, data, n, &place) != 0)
        return 0;
    e.schema_hash = nrs_schema_hash(&fx_beacon);
    schema = e.kind == NRS_KIND_PACKER ? &fx_packer : e.kind == NRS_KIND_PACKER_PE ? &fx_bytes : &fx_beacon;
    if (schema == &fx_bytes) {
        e.kind = NRS_KIND_PACKER;
        e.schema_hash = nrs_schema_hash(schema);
    }
    if (nrs_model_load_as(&m, &e, schema, &place) == 0)
        use(&m);
    return 0;
}
