/*   net     address[/bits]       192.0.2.0/24, 2001:db8::1
 *   domain  label.label...       letters, digits, '-' and '_'
 *   proto   tcp, udp or icmp
 *   process /path/of/the/program
 *   until   yyyy-mm-dd           the last day on which the rule holds */
#include "agent/config/config_allow.h"

#include <string.h>
#include <uv.h>

#include "models/base/error.h"

/* n digits as a number; -1 if one is none. */
static int digits(const char *text, size_t n)
{
    int number = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* "0".."128", without leading zeroes; -1 otherwise. */
static int read_bits(const char *text)
{
    size_t len = strlen(text);

    return len == 0 || len > 3 || (text[0] == '0' && len > 1) ? -1 : digits(text, len);
}

/* Writes an address as the core has it. Returns how many of its bits come before those of the text; -1 = no
 * address. */
static int read_address(struct nrs_addr *a, const char *text)
{
    *a = (struct nrs_addr){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
    if (text[strspn(text, "0123456789abcdefABCDEF.:")] != '\0')
        return -1; /* libuv would pass over "%eth0" */
    if (uv_inet_pton(AF_INET, text, a->b + 12) == 0)
        return 96;
    return uv_inet_pton(AF_INET6, text, a->b) == 0 ? 0 : -1;
}

static bool has_bits_beyond(const struct nrs_addr *a, unsigned prefix)
{
    for (unsigned i = prefix; i < 128; i++)
        if (a->b[i / 8] >> (7 - i % 8) & 1)
            return true;
    return false;
}

static int set_net(struct nrs_allow_rule *r, const char *text, struct nrs_why *why)
{
    const char *slash = strchr(text, '/');
    size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    char address[46];
    int before = -1, bits = 0;

    if (len < sizeof address) {
        memcpy(address, text, len);
        address[len] = '\0';
        before = read_address(&r->net, address);
        bits = slash != NULL ? read_bits(slash + 1) : 128 - before;
    }
    if (before < 0 || bits < 0 || bits > 128 - before)
        return nrs_why(why, NRS_ERR_RANGE, "is no network such as 192.0.2.0/24");
    if (has_bits_beyond(&r->net, (unsigned)(before + bits)))
        return nrs_why(why, NRS_ERR_RANGE, "has bits set beyond its prefix");
    r->prefix = (uint8_t)(before + bits);
    r->has_net = true;
    return 0;
}

static int set_domain(struct nrs_allow_rule *r, const char *text, struct nrs_why *why)
{
    size_t len = strlen(text);
    char before = '.';

    if (len > NRS_ALLOW_DOMAIN_MAX)
        return nrs_why(why, NRS_ERR_RANGE, "longer than %zu bytes", (size_t)NRS_ALLOW_DOMAIN_MAX);
    for (size_t i = 0; i <= len; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        bool label_ends = c == '.' || c == '\0';

        if (label_ends ? before == '.' : strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", c) == NULL)
            return nrs_why(why, NRS_ERR_RANGE, "is no domain such as example.com");
        r->domain[i] = c;
        before = c;
    }
    return 0;
}

static int set_proto(struct nrs_allow_rule *r, const char *text, struct nrs_why *why)
{
    if (strcmp(text, "tcp") == 0)
        r->proto = NRS_PROTO_TCP;
    else if (strcmp(text, "udp") == 0)
        r->proto = NRS_PROTO_UDP;
    else if (strcmp(text, "icmp") == 0)
        r->proto = NRS_PROTO_ICMP;
    else
        return nrs_why(why, NRS_ERR_RANGE, "has to be one of tcp udp icmp");
    return 0;
}

static int set_process(struct nrs_allow_rule *r, const char *text, struct nrs_why *why)
{
    size_t len = strlen(text);

    if (len > NRS_ALLOW_PROCESS_MAX)
        return nrs_why(why, NRS_ERR_RANGE, "longer than %d bytes", NRS_ALLOW_PROCESS_MAX);
    if (text[0] != '/' || text[len - 1] == '/')
        return nrs_why(why, NRS_ERR_RANGE, "is no path such as /usr/bin/updater");
    memcpy(r->process, text, len + 1);
    return 0;
}

static int days_in(int year, int month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Days from 1970 to a date of later: the year starts in March, so that the leap day is its last. */
static int days_since_1970(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1, months = month > 2 ? month - 3 : month + 9;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

static int set_until(struct nrs_allow_rule *r, const char *text, struct nrs_why *why)
{
    bool shape = strlen(text) == 10 && text[4] == '-' && text[7] == '-';
    int year = shape ? digits(text, 4) : -1, month = shape ? digits(text + 5, 2) : -1;
    int day = shape ? digits(text + 8, 2) : -1;

    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return nrs_why(why, NRS_ERR_RANGE, "is no date such as 2027-01-31");
    r->end_day = (uint32_t)days_since_1970(year, month, day) + 1;
    return 0;
}

int nrs_config_allow_set(struct nrs_allow_rule *r, const char *key, const char *text, struct nrs_why *why)
{
    if (strcmp(key, "net") == 0)
        return set_net(r, text, why);
    if (strcmp(key, "domain") == 0)
        return set_domain(r, text, why);
    if (strcmp(key, "proto") == 0)
        return set_proto(r, text, why);
    if (strcmp(key, "process") == 0)
        return set_process(r, text, why);
    return set_until(r, text, why);
}

const char *nrs_config_allow_fault(const struct nrs_allow_rule *r)
{
    if (!r->has_net && r->domain[0] == '\0' && r->port == 0 && r->process[0] == '\0')
        return "a rule needs net, domain, port or process";
    if (r->port != 0 && r->proto == NRS_PROTO_ICMP)
        return "icmp has no port";
    return NULL;
}
