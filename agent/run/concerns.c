#include "agent/run/concerns.h"

#include <stdio.h>
#include <string.h>

#include "agent/log.h"
#include "agent/trust/clock_trust.h"
#include "agent/run/agent.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/flowsrc.h"
#include "platform/interfaces.h"
#include "platform/path_trust.h"

unsigned nrs_concerns_identity(const struct nrs_config *c, const struct nrs_tls_client *tls)
{
    struct nrs_why why;
    unsigned n = 0;
    int rc;

    if (tls == NULL || c->collector.cert[0] == '\0')
        return 0;
    if (nrs_tls_client_fault(tls, &why)) {
        nrs_log("collector.cert: %s: %s", c->collector.cert, why.text);
        n++;
    }
    rc = nrs_path_is_private(c->collector.key, c->user, true);
    if (rc < 0) {
        nrs_log("collector.key: %s: %s", c->collector.key, nrs_path_strerror(rc));
        n++;
    }
    return n;
}

unsigned nrs_concerns_rules(const struct nrs_config *c)
{
    uint64_t today = nrs_clock_wall_ns() / NRS_NS_PER_DAY;
    unsigned n = 0;

    for (uint32_t i = 0; i < c->allow.n && nrs_clock_is_set(); i++) {
        if (c->allow.rules[i].end_day == 0 || today < c->allow.rules[i].end_day)
            continue;
        nrs_log("allow: rule %u of %u has ended", (unsigned)i + 1, (unsigned)c->allow.n);
        n++;
    }
    return n;
}

static unsigned check_source(const char *name)
{
    if (nrs_flowsrc_is_name(name))
        return 0;
    nrs_log("source.order: %s: there is no such source", name);
    return 1;
}

static unsigned check_interface(const char *name)
{
    if (nrs_interface_exists(name))
        return 0;
    nrs_log("source.interfaces: %s: there is no such interface now", name);
    return 1;
}

/* Calls fn for every name of a list with commas, and adds up what it returns. */
static unsigned each_name(const char *list, unsigned (*fn)(const char *name))
{
    char name[65];
    unsigned n = 0;

    while (*list != '\0') {
        size_t len = strcspn(list, ",");

        snprintf(name, sizeof name, "%.*s", (int)len, list);
        n += fn(name);
        list += len;
        list += *list == ',';
    }
    return n;
}

unsigned nrs_concerns_sources(const struct nrs_config *c)
{
    return each_name(c->source.order, check_source) + each_name(c->source.interfaces, check_interface);
}
