/* models/packer_features.h - the packer schema: X(name, maximum, what it is and where the idea comes from)
 *
 * The facts that agent/scan reads of an ELF file. The order is part of the schema. Logarithms are base 2
 * in eighths (q3): 8 is a factor of two. Shares are out of 255. Entropies are bits a byte times 32, so 255
 * is 8 bits; they are means over sampled blocks of 1 KiB. "The start" is the entry point, or DT_INIT of a
 * shared library that has none. NRS_START_BYTES bytes from the start on follow the features: the unpacking
 * routine (Isawa et al. 2014). */
#ifndef NRS_PACKER_FEATURES_H
#define NRS_PACKER_FEATURES_H

#define NRS_PACKER_FEATURES(X)                                                                              \
    X(arch, 15, "architecture class (agent/scan/elf.c); salts the hashes of the start bytes")               \
    X(wide, 1, "64 bit")                                                                                    \
    X(big, 1, "big-endian")                                                                                 \
    X(type, 3, "0 EXEC, 1 DYN with an interpreter (PIE), 2 DYN without, 3 EXEC with an interpreter")        \
    X(size, 255, "bytes of the file, log q3")                                                               \
    X(loads, 15, "load segments")                                                                           \
    X(others, 31, "segments of other types")                                                                \
    X(rwx, 3, "load segments that are writable and executable (REMINDer)")                                  \
    X(execs, 3, "executable load segments")                                                                 \
    X(writes, 3, "writable load segments")                                                                  \
    X(interp, 1, "has an interpreter")                                                                      \
    X(tls, 1, "has thread-local storage")                                                                   \
    X(relro, 1, "has RELRO")                                                                                \
    X(notes, 3, "note segments")                                                                            \
    X(eh_frame, 1, "has GNU_EH_FRAME")                                                                      \
    X(stack, 2, "GNU_STACK: 0 none, 1 not executable, 2 executable")                                        \
    X(dynamic, 63, "entries of the dynamic table")                                                          \
    X(needed, 15, "libraries that it asks for")                                                             \
    X(imports, 255, "names in the dynamic string table (first 4 KiB), log q3")                              \
    X(imp_exec, 1, "names an execve or a relative of it")                                                   \
    X(imp_env, 1, "names putenv or setenv, and environ")                                                    \
    X(imp_scanf, 1, "names sscanf or atoll, what readers of argv and environment use (shc)")                \
    X(imp_printf, 1, "names sprintf or fprintf themselves, not their checked forms")                        \
    X(imp_trace, 1, "names ptrace or prctl")                                                                \
    X(imp_memory, 1, "names mprotect, memfd_create or mmap")                                                \
    X(sect, 2, "section table: 0 is there, 1 none, 2 outside the file or of another entry size")            \
    X(sections, 63, "sections that the header promises")                                                    \
    X(odd, 7, "header fields that no linker writes like this")                                              \
    X(entry, 4,                                                                                              \
      "the start is in: 0 no load segment, 1 the only one, 2 the first, 3 a middle one, 4 the last")         \
    X(entry_rights, 7, "rights of that segment: 4 read, 2 write, 1 execute")                                \
    X(entry_at, 255, "the start within the file bytes of its segment, share")                               \
    X(entry_left, 255, "file bytes of its segment from the start on, log q3")                               \
    X(mem, 255, "memory over file bytes of all load segments, log q3, 24 = equal")                           \
    X(blank, 255, "memory that the file does not fill, of the load segment with most of it, log q3")        \
    X(blank_share, 255, "that memory as a share of all memory")                                             \
    X(outside, 255, "file bytes that no load segment maps, share")                                          \
    X(overlay, 255, "bytes after the last segment, section and the section table, log q3")                   \
    X(low_entry, 1, "the start is less than 4 KiB after the headers")                                       \
    X(ent_start, 255, "entropy of 512 bytes from the start on")                                             \
    X(ent_entry, 255, "entropy of the segment that holds the start")                                        \
    X(ent_big, 255, "entropy of the load segment with most file bytes")                                     \
    X(ent_data, 255, "entropy of the writable load segment with most file bytes")                           \
    X(ent_rest, 255, "entropy of what no load segment maps, before the section table or the end")           \
    X(big_rights, 7, "rights of the load segment with most file bytes")                                     \
    X(big_share, 255, "that segment's share of the file")                                                   \
    X(dense, 255, "sampled blocks of the file with 7.25 bits a byte or more, share")                        \
    X(dense_run, 255, "longest run of such blocks in KiB, estimated from the samples, log q3")

#endif
