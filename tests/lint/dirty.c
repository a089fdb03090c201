/* Negative control of cross/lint/float: every layer must reject this file. */
int nrs_dirty(int a, double b);

int nrs_dirty(int a, double b)
{
    return (int)(b * a);
}
