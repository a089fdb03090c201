/* platform/interfaces.h - the network interfaces of this machine */
#ifndef NRS_INTERFACES_H
#define NRS_INTERFACES_H

/* 1: an interface of this name exists now, up or down; 0: none does, or the system does not say. Opens a
 * socket for the question, so it comes before the confinement (privileges.h). */
int nrs_interface_exists(const char *name);

#endif
