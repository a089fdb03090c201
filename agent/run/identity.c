/* Who this agent is: its certificate, and the name in its records. */
#include <stdio.h>
#include <string.h>

#include "agent/run/agent.h"
#include "agent/trust/clock_trust.h"
#include "agent/run/trusted.h"

int nrs_agent_load_tls(const struct nrs_config *c, struct nrs_tls_client *tls)
{
    struct nrs_why why;
    int rc = nrs_trusted_identity(c);

    if (rc != 0)
        return rc;
    if (nrs_tls_client_load(tls, c->collector.ca, c->collector.cert, c->collector.key, &why) != 0) {
        nrs_log("%s", why.text);
        return NRS_EXIT_USAGE;
    }
    tls->dates_ignored = !nrs_clock_is_set();
    return 0;
}

/* A host name as a host.id: what is not allowed in one becomes '-'. */
static void name_of_machine(char host[NRS_HOST_ID_MAX + 1])
{
    char name[256];
    size_t len = sizeof name;

    if (uv_os_gethostname(name, &len) != 0 || name[0] == '\0')
        strcpy(name, "unnamed");
    snprintf(host, NRS_HOST_ID_MAX + 1, "%.64s", name);
    for (char *p = host; *p != '\0'; p++) {
        char one[2] = {*p, '\0'};

        if (!nrs_config_host_id_ok(one))
            *p = '-';
    }
}

int nrs_agent_name(const struct nrs_config *c, const struct nrs_tls_client *tls,
                   char host[NRS_HOST_ID_MAX + 1])
{
    if (c->host_id[0] != '\0') {
        strcpy(host, c->host_id);
    } else if (tls != NULL && c->collector.cert[0] != '\0') {
        if (nrs_tls_cn(&tls->own, host, NRS_HOST_ID_MAX + 1) < 0 || !nrs_config_host_id_ok(host)) {
            nrs_log("collector.cert: its common name cannot be a host.id; set host_id");
            return NRS_EXIT_USAGE;
        }
    } else {
        name_of_machine(host);
    }
    return 0;
}
