/* Negative control of cross/lint/float: neither word, and yet floating point. */
int nrs_constant(int a);

int nrs_constant(int a)
{
    return (int)(a * 0.5);
}
