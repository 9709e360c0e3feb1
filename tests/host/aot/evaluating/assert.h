/* assert() of ESP-IDF 5 where NDEBUG is set: asserts nothing, but evaluates, so what is asked must exist. */
#undef assert
#define assert(condition) ((void)(condition))
