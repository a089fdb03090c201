/* models/packer_pe_features.h - the packer_pe schema: X(name, maximum, what it is, where the idea comes
 * from)
 *
 * The facts that agent/scan/pe reads of a Windows executable. The units are those of packer_features.h.
 * NRS_START_BYTES bytes from the entry point on follow the features. Section names are no feature, because
 * they are the first thing that somebody changes. */
#ifndef NRS_PACKER_PE_FEATURES_H
#define NRS_PACKER_PE_FEATURES_H

#define NRS_PACKER_PE_FEATURES(X)                                                                           \
    X(arch, 15, "architecture class (agent/scan/pe/pe.c); salts the hashes of the start bytes")             \
    X(wide, 1, "PE32+")                                                                                     \
    X(dll, 1, "a library")                                                                                  \
    X(gui, 1, "made for the graphical subsystem")                                                           \
    X(managed, 1, "has a CLR header")                                                                       \
    X(size, 255, "bytes of the file, log q3")                                                               \
    X(sections, 31, "sections")                                                                             \
    X(rwx, 7, "sections that are writable and executable (Manalyze)")                                       \
    X(execs, 7, "executable sections")                                                                      \
    X(hollow, 7, "sections with memory and no file bytes")                                                  \
    X(entry, 4, "the entry is in: 0 no section, 1 the only one, 2 the first, 3 a middle one, 4 the last")   \
    X(entry_rights, 7, "rights of that section: 4 read, 2 write, 1 execute")                                \
    X(entry_at, 255, "the entry within the file bytes of its section, share")                               \
    X(entry_left, 255, "file bytes of its section from the entry on, log q3")                               \
    X(first_rights, 7, "rights of the first section")                                                       \
    X(mem, 255, "memory over file bytes of all sections, log q3")                                           \
    X(outside, 255, "file bytes in no section, share")                                                      \
    X(overlay, 255, "bytes after the last section, log q3")                                                 \
    X(lfanew, 255, "offset of the PE header, log q3")                                                       \
    X(linker, 31, "major version of the linker")                                                            \
    X(stamp, 1, "has a time stamp")                                                                         \
    X(odd, 15, "header fields that no linker writes like this")                                             \
    X(libraries, 31, "libraries that it imports from (Manalyze: few)")                                      \
    X(functions, 255, "functions imported from the first eight of them, log q3")                            \
    X(imports_in, 4, "where the import table is, as for entry")                                             \
    X(tls, 1, "has thread-local storage")                                                                   \
    X(reloc, 1, "has relocations")                                                                          \
    X(resources, 255, "resources as a share of the file")                                                   \
    X(signed_by, 1, "has a certificate table")                                                              \
    X(ent_start, 255, "entropy of 512 bytes from the entry on")                                             \
    X(ent_entry, 255, "entropy of the section that holds the entry")                                        \
    X(ent_big, 255, "entropy of the section with most file bytes")                                          \
    X(ent_first, 255, "entropy of the first section with file bytes")                                       \
    X(ent_rest, 255, "entropy of the bytes after the last section")                                         \
    X(big_rights, 7, "rights of the section with most file bytes")                                          \
    X(big_share, 255, "that section's share of the file")                                                   \
    X(dense, 255, "sampled blocks of the file with 7.25 bits a byte or more, share")                        \
    X(dense_run, 255, "longest run of such blocks in KiB, estimated from the samples, log q3")

#endif
