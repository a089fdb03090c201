# Takes the padding out of GNU ld's own script (`ld -z separate-code --verbose`; used by `link`).
#
# That script starts each segment on a page of its own in memory and, so that it can be mapped, on a page of its own in the
# file. Here a segment goes on in the file where the one before ended, and in memory at the same place of a later page: the
# page of the file that two share is mapped twice, so around the code the rest of that page can be executed, too. The linker
# starts a new segment where a page of memory is left out.
/^=====/,/^=====/!d
/^=====/d
/^  \. = SEGMENT_START("rodata-segment", .*;$/d
s/^  \. = ALIGN(CONSTANT (MAXPAGESIZE));$/  . = ALIGN(CONSTANT (MAXPAGESIZE)) + CONSTANT (MAXPAGESIZE) + (. \& (CONSTANT (MAXPAGESIZE) - 1));/

# Constants that are sealed after relocation: what is left of their last page is not in the file either.
/^  \. = DATA_SEGMENT_ALIGN (.*;$/{
i\
  __sealed_from = .;
a\
  . = MAX(., (. & ~(CONSTANT (MAXPAGESIZE) - 1)) + (__sealed_from & (CONSTANT (MAXPAGESIZE) - 1)));
}
/^  \. = DATA_SEGMENT_RELRO_END (.*;$/c\
  __sealed_to = .;\
  .sealed_padding : { . = ALIGN(CONSTANT (MAXPAGESIZE)); }\
  . = DATA_SEGMENT_RELRO_END (0, .);\
  . = . + (__sealed_to & (CONSTANT (MAXPAGESIZE) - 1));
