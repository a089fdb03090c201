#include "tools/collector/serve/admit.h"

#include <arpa/inet.h>
#include <string.h>

#include "tools/collector/serve/conn.h"

/* What addresses are compared and counted by. */
static void key_of(const struct sockaddr_storage *from, char key[INET6_ADDRSTRLEN])
{
    struct in6_addr prefix;

    key[0] = '\0';
    if (from->ss_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, key, INET6_ADDRSTRLEN);
    } else if (from->ss_family == AF_INET6) {
        prefix = ((const struct sockaddr_in6 *)from)->sin6_addr;
        memset(prefix.s6_addr + 8, 0, 8);
        (void)inet_ntop(AF_INET6, &prefix, key, INET6_ADDRSTRLEN);
    }
}

/* Connections of this service whose peer is not known, of one address or (key NULL) of all; *oldest is the
 * oldest of them that waits for its peer. */
static unsigned count_unknown(const struct nrs_col_conn *c, const char *key, struct nrs_col_conn **oldest)
{
    char other_key[INET6_ADDRSTRLEN];
    unsigned n = 0;

    *oldest = NULL;
    for (struct nrs_col_conn *other = c->server->conns; other != NULL; other = other->next) {
        if (other == c || other->service != c->service || other->device[0] != '\0')
            continue;
        if (key != NULL) {
            key_of(&other->from, other_key);
            if (strcmp(key, other_key) != 0)
                continue;
        }
        n++;
        if (other->state == NRS_COL_CONN_READ)
            *oldest = other; /* new ones are put in front */
    }
    return n;
}

static bool make_room(struct nrs_col_conn *c, const char *key, unsigned max)
{
    struct nrs_col_conn *oldest;

    if (count_unknown(c, key, &oldest) < max)
        return true;
    if (oldest == NULL)
        return false;
    nrs_col_conn_close(oldest);
    c->server->metrics.gave_way++;
    return true;
}

bool nrs_col_admit(struct nrs_col_conn *c)
{
    const struct nrs_col_service *service = c->service;
    struct nrs_col_server *s = c->server;
    char key[INET6_ADDRSTRLEN];
    bool in = *service->connections <= service->connections_max || make_room(c, NULL, 0);

    key_of(&c->from, key);
    if (in && service->tls != NULL)
        in = make_room(c, key, s->config->address_unknown) &&
             nrs_col_rate_take(&s->handshakes, key, uv_now(&s->loop));
    if (!in)
        s->metrics.turned_away++;
    return in;
}
